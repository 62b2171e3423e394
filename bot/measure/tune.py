"""`python -m bot.measure.tune`: chooses the settings of understanding on the training data.

A part of the examples is held out; sentences that differ only in their entities stay together. What is
chosen, in this order: the kernel with the most right readings, the sharpness with the likeliest truth, and
the two fallback thresholds. They are written into config.yml, which `baodan train` then takes up.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.lint.project import Example, read_project
from bot.logs import quiet
from bot.tensorflow_absent import install

ROOT = Path(__file__).resolve().parents[2]
#: Share of meaning, curvature and ridge of `bot.nlu.kernel`.
KERNELS = ((0.75, 1.0, 0.02), (0.75, 1.5, 0.03))
SHARPNESSES = (5.0, 60.0)
WINDOW = 0.1
FEWEST_IN_WINDOW = 30
_CLASSIFIER = "KernelIntentClassifier"
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


class HeldOut:
    """Training examples with their features, and a part of them that no model here has seen."""

    def __init__(self, examples: Sequence[Example], config: dict[str, Any], parts: int) -> None:
        import numpy as np
        from sklearn.model_selection import StratifiedGroupKFold

        from bot.nlu.kernel import Features
        from bot.nlu.ngrams import prepared, vectorizer
        from bot.nlu.sentences import encode

        ngrams = next(one for one in config["pipeline"] if one["name"].endswith("CharacterNgrams"))
        labels = np.array([example.intent for example in examples])
        texts = [prepared(example.text) for example in examples]
        groups = [without_entities(example) for example in examples]
        splitter = StratifiedGroupKFold(parts, shuffle=True, random_state=0)
        seen, unseen = next(splitter.split(texts, labels, groups))
        characters = vectorizer(ngrams["shortest"], ngrams["longest"]).fit([texts[at] for at in seen])

        def features(chosen: Any) -> Features:
            return Features(
                characters.transform([texts[at] for at in chosen]),
                encode([examples[at].text for at in chosen]),
            )

        self.labels, self.truth = labels[seen], labels[unseen]
        self._seen, self._unseen = features(seen), features(unseen)

    def scores(self, share: float, curvature: float, ridge: float) -> tuple[list[str], Any]:
        """Intents, and their scores for each held-out example."""
        from bot.nlu.kernel import Likeness, fit

        likeness = Likeness(share, curvature)
        model = fit(self._seen, self.labels, likeness, ridge)
        return model.classes, likeness.between(self._unseen, self._seen) @ model.weights


def tuned(held_out: HeldOut) -> dict[str, dict[str, float]]:
    """The chosen settings by component; prints what was tried."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    best, kept = -1.0, None
    for kernel in KERNELS:
        classes, scores = held_out.scores(*kernel)
        truth = np.searchsorted(classes, held_out.truth)
        accuracy = float((scores.argmax(axis=1) == truth).mean())
        print(
            f"share {kernel[0]:g}  curvature {kernel[1]:g}  ridge {kernel[2]:g}  accuracy {accuracy:.4f}",
            flush=True,
        )
        if accuracy > best:
            best, kept = accuracy, (kernel, scores, truth)
    assert kept is not None
    (share, curvature, ridge), scores, truth = kept

    def chances(sharpness: float) -> Any:
        raised = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
        return raised / raised.sum(axis=1, keepdims=True)

    def surprise(sharpness: float) -> float:
        return float(-np.log(np.maximum(chances(sharpness)[np.arange(len(truth)), truth], 1e-30)).mean())

    sharpness = round(float(minimize_scalar(surprise, bounds=SHARPNESSES, method="bounded").x), 1)
    ranked = np.sort(chances(sharpness), axis=1)
    right = (scores.argmax(axis=1) == truth).tolist()
    return {
        _CLASSIFIER: {"meaning_share": share, "curvature": curvature, "ridge": ridge, "sharpness": sharpness},
        _FALLBACK: {
            "threshold": chosen_threshold(ranked[:, -1].tolist(), right),
            "ambiguity_threshold": chosen_threshold((ranked[:, -1] - ranked[:, -2]).tolist(), right),
        },
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.measure.tune", description="Chooses settings.")
    parser.add_argument("--parts", type=int, default=6, help="one of so many parts is held out")
    parser.add_argument("--dry-run", action="store_true", help="print only, leave config.yml alone")
    options = parser.parse_args(arguments)
    install()
    quiet("ERROR")
    import yaml

    path = ROOT / "config.yml"
    written = path.read_text(encoding="utf-8")
    examples = read_project(ROOT).examples
    settings = tuned(HeldOut(examples, yaml.safe_load(written), options.parts))
    for component, given in settings.items():
        print(f"{component}: {', '.join(f'{name} {value:g}' for name, value in given.items())}")
    if not options.dry_run:
        path.write_text(with_settings(written, settings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
