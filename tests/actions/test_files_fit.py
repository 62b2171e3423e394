"""Code, wording, rules and domain name the same things."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.server import ACTIONS
from actions.turn import Context
from knowledge.catalogue import fill
from knowledge.facts import ANSWER_FACTS, POLICY_FACTS
from knowledge.service_kind import ServiceKind
from knowledge.wording import PLACEHOLDER
from tests.actions.talk import ROOT, context, rules

DOMAIN = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "domain").glob("*.yml"))
}
SPOKEN = re.compile(r'(?<![a-z_])(?:phrase|tell)\(\s*(?:dispatcher,\s*)?"([a-z_]+)"')
BUTTON = re.compile(r'(?<![a-z_])button\(\s*"([a-z_]+)",\s*"([a-z_]+)"')
FORM_WAYS_IN = {"nlu_fallback"}


def declared(key: str) -> list[str]:
    found: list[str] = []
    for content in DOMAIN.values():
        for entry in content.get(key) or []:
            found.append(entry if isinstance(entry, str) else next(iter(entry)))
    return found


def sources() -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "actions").glob("*.py"))]


def payloads() -> list[str]:
    return [
        button["payload"]
        for content in DOMAIN.values()
        for variants in (content.get("responses") or {}).values()
        for button in variants[0].get("buttons", [])
    ]


def test_every_action_is_declared_and_every_declared_action_exists() -> None:
    assert sorted(declared("actions")) == sorted(action.name for action in ACTIONS)


def test_every_intent_has_a_rule() -> None:
    assert set(declared("intents")) - set(rules(context().services)) == set()


def test_every_rule_leads_to_an_action_for_an_intent_that_exists() -> None:
    assert set(rules(context().services)) - set(declared("intents")) - FORM_WAYS_IN == set()
    assert set(rules(context().services).values()) <= {action.name for action in ACTIONS}


def test_every_sentence_an_action_says_stands_in_the_domain() -> None:
    names = context().wording.names()
    missing = {
        f"{path.name}: {name}"
        for path, source in sources()
        for name in [*SPOKEN.findall(source), *(f"button_{title}" for title, _ in BUTTON.findall(source))]
        if name not in names
    }
    assert missing == set()


def test_every_button_means_an_intent_that_exists() -> None:
    intents = set(declared("intents"))
    meant = {payload.removeprefix("/").partition("{")[0] for payload in payloads()}
    meant |= {intent for _, source in sources() for _, intent in BUTTON.findall(source)}
    assert meant - intents == set()


def test_no_sentence_has_more_than_four_buttons_or_an_intent_without_words() -> None:
    for name, content in DOMAIN.items():
        for response, variants in (content.get("responses") or {}).items():
            assert len(variants) == 1, f"{name}: {response} varies"
            assert len(variants[0].get("buttons", [])) <= 4, f"{name}: {response}"


def test_simple_moves_have_their_response() -> None:
    said = {intent for intent, action in rules(context().services).items() if action == "action_say"}
    assert {f"utter_{intent}" for intent in said} <= context().wording.names()


def test_readings_are_of_intents_that_exist() -> None:
    assert set(context().readings) - set(declared("intents")) == set()


def _answers(service: ServiceKind) -> dict[str, str]:
    """The facts that answers make."""
    endings = ("", *ANSWER_FACTS)
    return {f"{field.key}{ending}": "…" for field in service.fields for ending in endings}


@pytest.mark.parametrize("kind", sorted(context().services.kinds))
def test_texts_of_a_kind_can_be_said(kind: str) -> None:
    service = context().services[kind]
    values: dict[str, Any] = context().settings.values()
    about_policy = {**values, **dict.fromkeys(POLICY_FACTS, "…"), **_answers(service)}
    for field in service.fields:
        for text in (field.question, field.why):
            fill(text, about_policy)
        for text in (field.invalid, *field.after.values()):
            fill(text, values)
        for rule in field.rules:
            fill(rule.refused, about_policy)
    for stopped in service.blocked:
        fill(stopped.text, values)
    done = {**values, "number": "BQ1", "due": "2026年11月27日", "documents": "身份证"}
    for text in (service.texts.start, service.texts.summary, service.texts.refused):
        fill(text, values)
    fill(service.effect, about_policy)
    fill(service.texts.done, done)
    assert "number" in PLACEHOLDER.findall(service.texts.done)
    if service.deadline.setting is None:
        assert "due" not in PLACEHOLDER.findall(service.texts.done)
    else:
        assert int(values[service.deadline.setting]) > 0
        assert "due" in PLACEHOLDER.findall(service.texts.done)


def test_a_wrong_field_type_has_its_sentence() -> None:
    types = {field.type for kind in context().services.kinds.values() for field in kind.fields}
    assert {f"form_wrong_{kind}" for kind in types} <= context().wording.names()


@pytest.mark.slow
def test_context_reads_the_project_folder() -> None:
    loaded = Context.load(ROOT)
    assert loaded.settings.insurer_name in loaded.wording.say("utter_bot_challenge")
