"""The written word against the code: what one names the other has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic import AliasChoices

from actions.server import ACTIONS
from app.cli import app
from app.settings import Settings
from knowledge.catalogue import Catalogue

ROOT = Path(__file__).resolve().parents[1]
HEADS = {"README.md": ("setting", "customer"), "README.zh-CN.md": ("设置", "客户")}
"""How the tables of settings and of demo customers begin."""
READMES = tuple(HEADS)
PAGES = [
    *READMES,
    "CONTRIBUTING.md",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md")),
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("web/*/README.md")),
]
MOST_BYTES_OF_A_PICTURE = 300_000
_VARIABLE = re.compile(r"BAODAN_[A-Z0-9_]+")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_ENDING = re.compile(r"\.(?:py|md|yml|sh|ts|js|vue|css|html|png|json|toml|txt|in)$")
_MADE_IN_USE = ("var", ".venv", ".venv-rasa", ".env", "dist", "node_modules")
_NOT_OURS = ("node_modules", "dist", "var", ".venv", ".venv-rasa", ".git", "__pycache__")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the table whose head line begins with `head`, without backticks."""
    lines = iter(read(page).splitlines())
    for line in lines:
        if line.startswith(f"| {head} |"):
            break
    else:
        pytest.fail(f"{page} has no table “{head}”")
    next(lines)
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return found


def firsts(page: str, head: str) -> list[str]:
    return [row[0] for row in rows(page, head)]


def listed(path: str, key: str) -> list[str]:
    names: list[str] = yaml.safe_load(read(path))[key]
    return names


@pytest.mark.parametrize("page", READMES)
def test_every_make_target(page: str) -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE)
    assert sorted(firsts(page, "`make …`")) == sorted(targets)
    mentioned = {word for code in _CODE.findall(read(page)) for word in re.findall(r"^make ([a-z-]+)", code)}
    assert mentioned <= set(targets)


def commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


@pytest.mark.parametrize("page", READMES)
def test_every_command(page: str) -> None:
    assert sorted(firsts(page, "`baodan …`")) == sorted(commands(typer.main.get_command(app)))


def written(default: Any) -> str | None:
    """A default as an operator would type it; None when it is worked out or drawn."""
    match default:
        case bool():
            return str(default).lower()
        case Path():
            return str(default.relative_to(ROOT))
        case float():
            return f"{default:g}"
        case int() | str() | list():
            return str(default)
    return None


@pytest.mark.parametrize("page", READMES)
def test_every_setting_with_its_default(page: str) -> None:
    expected = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        shown = str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"BAODAN_{name.upper()}"
        expected[shown] = written(field.default)
    told = {row[0]: row[1] for row in rows(page, HEADS[page][0])}
    assert list(told) == list(expected)
    assert {name: told[name] for name, default in expected.items() if default is not None} == {
        name: default for name, default in expected.items() if default is not None
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_named_is_read_somewhere(page: str) -> None:
    known = {f"BAODAN_{name.upper()}" for name in Settings.model_fields}
    for reader in ("scripts/setup.sh", "tests/product.py", "web/desk/vite.config.ts"):
        known |= set(_VARIABLE.findall(read(reader)))
    unread = set(_VARIABLE.findall(read(page))) - known
    families = {name for name in unread if name.endswith("_") and any(k.startswith(name) for k in known)}
    assert unread == families


@pytest.mark.parametrize("page", READMES)
def test_the_demo_customers(page: str) -> None:
    demo = yaml.safe_load(read("records/demo_records.yml"))["customers"]
    with_phone = {c["name"]: [c["id_number"][-6:], c["phone"]] for c in demo if c["phone"]}
    assert {name: [tail, phone] for name, tail, phone, _ in rows(page, HEADS[page][1])} == with_phone


@cache
def tree() -> frozenset[str]:
    """Every file of the project and every folder with a trailing slash, relative to the root."""
    found = set()
    for folder, inside, files in os.walk(ROOT):
        inside[:] = [name for name in inside if name not in _NOT_OURS]
        here = Path(folder).relative_to(ROOT)
        found |= {str(here / name) for name in files} | {f"{here / name}/" for name in inside}
    return frozenset(found)


def paths_in(page: str) -> Iterator[str]:
    """What the page names as a file or folder: links, pictures, and code that looks like a path."""
    text = read(page)
    for link, picture in _LINK.findall(text):
        if "://" not in link + picture:
            yield (link or picture).partition("#")[0]
    for code in _CODE.findall(text):
        looks = "/" in code.strip("/") or code.endswith("/") or _ENDING.search(code)
        if looks and _FILE.fullmatch(code) and not code.startswith("/"):
            yield code


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page: str) -> None:
    missing = []
    for path in paths_in(page):
        if path.split("/")[0] in _MADE_IN_USE:
            continue
        wanted = {path, f"{path.rstrip('/')}/", str(Path(page).parent / path)}
        if wanted & tree() or any(known.endswith(f"/{path}") for known in tree()):
            continue
        missing.append(path)
    assert missing == []


def test_the_map_of_the_house() -> None:
    ignored = {"var", "dist", "build", "node_modules"}
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith((".", "__"))}
    folders = {name for name in folders - ignored if not name.endswith(".egg-info")} - {"requirements"}
    for page in READMES:
        assert set(re.findall(r"^([a-z]+)/ {2,}\S", read(page), re.MULTILINE)) == folders


def test_pictures_are_shown_and_small() -> None:
    pictures = {str(path.relative_to(ROOT)): path.stat().st_size for path in ROOT.glob("docs/images/*")}
    assert {name for name, size in pictures.items() if size > MOST_BYTES_OF_A_PICTURE} == set()
    for page in READMES:
        assert {picture for _, picture in _LINK.findall(read(page)) if picture} == set(pictures)


def test_intents_of_the_vocabulary() -> None:
    intents = listed("domain/intents.yml", "intents")
    assert firsts("docs/vocabulary.md", "intent") == intents


def test_what_the_vocabulary_says_follows_an_intent() -> None:
    follows = {}
    for file in ROOT.glob("data/rules/*.yml"):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            steps = rule["steps"]
            if "intent" in steps[0]:
                follows[steps[0]["intent"]] = steps[1]["action"]
    for kind in Catalogue.load(ROOT / "knowledge" / "services").kinds.values():
        follows |= dict.fromkeys(kind.intents, "action_start_service")
    told = {row[0]: row[-1] for row in rows("docs/vocabulary.md", "intent")}
    assert told == {intent: follows[intent] for intent in told}


def test_actions_of_the_vocabulary() -> None:
    actions = listed("domain/actions.yml", "actions")
    assert firsts("docs/vocabulary.md", "action") == actions
    assert sorted(actions) == sorted(action.name for action in ACTIONS)


def test_kinds_of_request_of_the_vocabulary() -> None:
    kinds = Catalogue.load(ROOT / "knowledge" / "services").kinds
    told = {row[0]: row[1:] for row in rows("docs/vocabulary.md", "kind")}
    assert sorted(told) == sorted(kinds)
    for name, (title, started_by, level, reviewed) in told.items():
        kind = kinds[name]
        assert (title, level, reviewed) == (kind.title, str(kind.level), "yes" if kind.review else "no")
        assert all(intent in started_by for intent in kind.intents)
