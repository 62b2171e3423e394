"""What Rasa is trained on: the project's data and domain, and what is generated from knowledge/.

Generated: a start rule for every intent that starts a kind of service request, the intents and button
entities of the kinds in the domain, the segmenter's dictionary.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.vocabulary import terms

START_ACTION = "action_start_service"
FORM = "service_form"


@dataclass(frozen=True)
class Assembled:
    """Where the parts lie, and a hash that changes whenever a new training could come to another model."""

    folder: Path
    data: Path
    domain: Path
    config: Path
    digest: str


def assemble(root: Path, folder: Path) -> Assembled:
    """Fills `folder` anew from the project at `root`."""
    kinds = read_kinds(root / "knowledge" / "services")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "data", folder / "data", ignore=_only_yaml)
    shutil.copytree(root / "domain", folder / "domain", ignore=_only_yaml)
    _dump(folder / "data" / "generated_rules.yml", {"version": "3.1", "rules": start_rules(kinds)})
    _dump(folder / "domain" / "generated.yml", {"version": "3.1", **generated_domain(kinds, root / "domain")})
    dictionary = folder / "dictionary.txt"
    dictionary.write_text("\n".join(terms(root / "knowledge")), encoding="utf-8")
    config = folder / "config.yml"
    _dump(config, _with_paths(_load(root / "config.yml"), root, dictionary))
    made_from = [*sorted(folder.rglob("*.yml")), dictionary, root / "config.yml", *_code()]
    digest = _digest(path for path in made_from if path != config)
    return Assembled(folder, folder / "data", folder / "domain", config, digest)


def read_kinds(services: Path) -> list[dict[str, Any]]:
    """The request kinds in `services` by name; those without an intent are reached by buttons."""
    shared = services.parent / "standard_fields.yml"
    standard = _load(shared) if shared.is_file() else {}
    return [
        {
            "kind": kind["kind"],
            "intents": list(kind.get("intents") or []),
            "fields": [
                field.get("key") or standard[field["use"]]["key"] for field in kind.get("fields") or ()
            ],
        }
        for kind in (_load(path) for path in sorted(services.glob("*.yml")))
    ]


def generated_domain(kinds: Iterable[dict[str, Any]], domain: Path) -> dict[str, list[str]]:
    """The intents that start kinds and, as entities of buttons, field keys; what nobody has declared yet."""
    kinds = list(kinds)
    intents = {intent for kind in kinds for intent in kind["intents"]} - declared(domain, "intents")
    entities = {key for kind in kinds for key in kind["fields"]} - declared(domain, "entities")
    return {"intents": sorted(intents), "entities": sorted(entities)}


def start_rules(kinds: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One rule per intent that starts kinds: it starts the service and its form."""
    return [
        {
            "rule": f"start a service by {intent}",
            "steps": [
                {"intent": intent},
                {"action": START_ACTION},
                {"action": FORM},
                {"active_loop": FORM},
            ],
        }
        for intent in sorted({intent for kind in kinds for intent in kind["intents"]})
    ]


def declared(domain: Path, section: str) -> set[str]:
    """Names in a section of the files of `domain`, such as intents, with or without settings of their own."""
    names: set[str] = set()
    for path in sorted(domain.glob("*.yml")):
        for name in _load(path).get(section) or []:
            names |= {name} if isinstance(name, str) else set(name)
    return names


def _code() -> list[Path]:
    here = Path(__file__).resolve()
    locked = here.parents[1] / "requirements" / "rasa.txt"
    return [*sorted((here.parent / "nlu").rglob("*.py")), *([locked] if locked.is_file() else [])]


def _with_paths(config: dict[str, Any], root: Path, dictionary: Path) -> dict[str, Any]:
    for component in config["pipeline"]:
        if "dictionary" in component:
            component["dictionary"] = str(dictionary)
        if "knowledge" in component:
            component["knowledge"] = str((root / component["knowledge"]).resolve())
    return config


def _only_yaml(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".yml") and not (Path(folder) / name).is_dir()}


def _load(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded if isinstance(loaded, dict) else {}


def _dump(path: Path, value: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _digest(paths: Iterable[Path]) -> str:
    summary = hashlib.sha256()
    for path in paths:
        summary.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return summary.hexdigest()[:16]
