"""`python -m bot.measure.tune`: chooses the settings of understanding on the training data.

Sentences that differ only in their entities stay in one fold. What is chosen, in this order: the
regularisation with the most right readings, the temperature with the likeliest truth, and the two fallback
thresholds. They are written into config.yml, which `baodan train` then takes up.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.lint.project import Example, read_project
from bot.logs import quiet
from bot.tensorflow_absent import install

ROOT = Path(__file__).resolve().parents[2]
REGULARISATIONS = (10, 20, 40)
#: A weaker regularisation must give this much more accuracy to be taken.
WORTH = 0.002
TEMPERATURES = (0.3, 3.0)
WINDOW = 0.1
FEWEST_IN_WINDOW = 30
_CLASSIFIER = "LinearIntentClassifier"
_FALLBACK = "FallbackClassifier"


def without_entities(example: Example) -> str:
    """The sentence with entities as their names: what examples of one group share."""
    text, end = "", 0
    for span in sorted(example.spans, key=lambda span: span.start):
        text += example.text[end : span.start] + span.entity
        end = span.end
    return re.sub(r"[\W_]+", "", text + example.text[end:])


def chosen_threshold(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The score below which, in a window of `WINDOW`, less than half are right; 0.05 if there is none."""
    for step in range(90, 5, -1):
        threshold = step / 100
        below = [
            hit for score, hit in zip(scores, right, strict=False) if threshold - WINDOW <= score < threshold
        ]
        if len(below) >= FEWEST_IN_WINDOW and sum(below) < len(below) / 2:
            return threshold
    return 0.05


def with_settings(config: str, settings: Mapping[str, Mapping[str, float]]) -> str:
    """The text of config.yml with new values for `settings[component][name]`, all else as it stood."""
    component, lines, missing = "", [], {(one, name) for one, given in settings.items() for name in given}
    for line in config.split("\n"):
        if begun := re.match(r"\s*- name: (?:\S*\.)?(\w+)", line):
            component = begun[1]
        if (found := re.match(r"(\s+)(\w+): ", line)) and (component, found[2]) in missing:
            missing.discard((component, found[2]))
            line = f"{found[1]}{found[2]}: {settings[component][found[2]]:g}"
        lines.append(line)
    if missing:
        raise ValueError(f"config.yml has no {', '.join('.'.join(pair) for pair in sorted(missing))}")
    return "\n".join(lines)


class Folds:
    """Training examples with their features, and the folds that everything is measured on."""

    def __init__(self, examples: Sequence[Example], config: dict[str, Any], number: int) -> None:
        import numpy as np
        from sklearn.model_selection import StratifiedGroupKFold

        from bot.nlu.ngrams import prepared
        from bot.nlu.sentences import encode

        ngrams = next(one for one in config["pipeline"] if one["name"].endswith("CharacterNgrams"))
        self._range = ngrams["shortest"], ngrams["longest"]
        self.labels = np.array([example.intent for example in examples])
        self._texts = [prepared(example.text) for example in examples]
        self._dense = encode([example.text for example in examples])
        splitter = StratifiedGroupKFold(number, shuffle=True, random_state=0)
        groups = [without_entities(example) for example in examples]
        self._splits = list(splitter.split(self._texts, self.labels, groups))

    def chances(self, regularisation: float) -> tuple[list[str], Any]:
        """Intents, and for each example their probabilities by a model that has not seen it."""
        import numpy as np

        from bot.nlu.softmax import fit

        classes = sorted(set(self.labels))
        chances = np.zeros((len(self.labels), len(classes)))
        for train, test, sparse, unseen in self._features():
            model = fit(sparse, self._dense[train], self.labels[train], regularisation, 200)
            chances[test] = model.chances(unseen, self._dense[test])
        return classes, chances

    def _features(self) -> Iterator[tuple[Any, Any, Any, Any]]:
        from bot.nlu.ngrams import vectorizer

        for train, test in self._splits:
            ngrams = vectorizer(*self._range)
            sparse = ngrams.fit_transform([self._texts[at] for at in train])
            yield train, test, sparse, ngrams.transform([self._texts[at] for at in test])


def tuned(folds: Folds) -> dict[str, dict[str, float]]:
    """The chosen settings by component; prints what was tried."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    best, kept = -1.0, None
    for regularisation in REGULARISATIONS:
        classes, chances = folds.chances(regularisation)
        truth = np.searchsorted(classes, folds.labels)
        accuracy = float((chances.argmax(axis=1) == truth).mean())
        print(f"inverse_regularisation {regularisation:3d}  accuracy {accuracy:.4f}", flush=True)
        if kept is None or accuracy > best + WORTH:
            best, kept = accuracy, (regularisation, np.log(np.maximum(chances, 1e-30)), truth)
    assert kept is not None
    regularisation, scores, truth = kept

    def warmed(temperature: float) -> Any:
        raised = np.exp(scores / temperature)
        return raised / raised.sum(axis=1, keepdims=True)

    def surprise(temperature: float) -> float:
        return float(-np.log(warmed(temperature)[np.arange(len(truth)), truth]).mean())

    temperature = round(float(minimize_scalar(surprise, bounds=TEMPERATURES, method="bounded").x), 2)
    ranked = np.sort(warmed(temperature), axis=1)
    right = (scores.argmax(axis=1) == truth).tolist()
    return {
        _CLASSIFIER: {"inverse_regularisation": regularisation, "temperature": temperature},
        _FALLBACK: {
            "threshold": chosen_threshold(ranked[:, -1].tolist(), right),
            "ambiguity_threshold": chosen_threshold((ranked[:, -1] - ranked[:, -2]).tolist(), right),
        },
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.measure.tune", description="Chooses settings.")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--dry-run", action="store_true", help="print only, leave config.yml alone")
    options = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    install()
    quiet("ERROR")
    import yaml

    path = ROOT / "config.yml"
    written = path.read_text(encoding="utf-8")
    examples = read_project(ROOT).examples
    settings = tuned(Folds(examples, yaml.safe_load(written), options.folds))
    for component, given in settings.items():
        print(f"{component}: {', '.join(f'{name} {value:g}' for name, value in given.items())}")
    if not options.dry_run:
        path.write_text(with_settings(written, settings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
