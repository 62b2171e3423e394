"""What must hold; each check yields a sentence per fault, naming the file or the thing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from bot.lint.project import Project
from bot.nlu.normalise import normalise
from bot.nlu.patterns import FIXED_ENTITIES, LIKELY_ENTITIES
from bot.nlu.spans import lost_spans

FEWEST_EXAMPLES = 40
FEWEST_TESTS = 12
#: Rasa declares these itself.
BUILT_IN_INTENTS = frozenset({"nlu_fallback"})
BUILT_IN_ACTIONS = frozenset({"action_listen", "action_restart", "action_deactivate_loop"})
#: Filled by the extractors without training; a button or a form may name them though no example does.
RECOGNISED = FIXED_ENTITIES | LIKELY_ENTITIES | {"product"}


def complaints(project: Project) -> list[str]:
    """Every fault of `project`, in the order of the checks."""
    return [complaint for check in CHECKS for complaint in check(project)]


def enough_examples(project: Project) -> Iterator[str]:
    """At least `FEWEST_EXAMPLES` for each intent that has any; the others must be reached by a button."""
    counts = Counter(example.intent for example in project.examples)
    by_button = {payload.intent for payload in project.payloads}
    for intent in sorted(_intents(project) | set(counts)):
        if counts[intent] == 0 and intent not in by_button:
            yield f"intent {intent}: neither an example nor a button leads to it"
        elif 0 < counts[intent] < FEWEST_EXAMPLES:
            yield f"intent {intent}: {counts[intent]} examples, at least {FEWEST_EXAMPLES} are needed"


def enough_tests(project: Project) -> Iterator[str]:
    """Where there is a test split: at least `FEWEST_TESTS` sentences for each intent that has examples."""
    counts = Counter(example.intent for example in project.tests)
    for intent in sorted({example.intent for example in project.examples} if counts else ()):
        if counts[intent] < FEWEST_TESTS:
            yield f"intent {intent}: {counts[intent]} test sentences, at least {FEWEST_TESTS} are needed"


def whole_vocabulary(project: Project) -> Iterator[str]:
    """What docs/vocabulary.md promises to recognise is learned from examples, or recognised by its form."""
    learned = {"intent": {example.intent for example in project.examples}}
    learned["entity"] = RECOGNISED | {span.entity for example in project.examples for span in example.spans}
    for sort, names in sorted(project.vocabulary.items()):
        for name in sorted(names - learned[sort]):
            yield f"docs/vocabulary.md: the {sort} {name} has no example"


def one_meaning(project: Project) -> Iterator[str]:
    """No sentence in two intents, whatever its punctuation; none twice; no test sentence among them."""
    places: dict[str, dict[str, str]] = defaultdict(dict)
    for example in project.examples:
        places[_core(example.text)].setdefault(example.intent, example.place)
    for text, found in sorted(places.items()):
        if len(found) > 1:
            yield f"{text!r} stands in {' and in '.join(sorted(found.values()))}"
    for (text, place), count in Counter(
        (example.text, example.place) for example in project.examples
    ).items():
        if count > 1:
            yield f"{place}: {text!r} stands there {count} times"
    for example in project.tests:
        if _core(example.text) in places:
            yield f"{example.place}: the test sentence {example.text!r} is also a training example"


def spans_returned(project: Project) -> Iterator[str]:
    """Every annotated span is one that the pipeline can return exactly."""
    for example in [*project.examples, *project.tests]:
        for complaint in lost_spans(example.text, example.spans):
            yield f"{example.place}: {complaint}"


def declared(project: Project) -> Iterator[str]:
    """Intents, entities, slots, forms, actions and responses that are used are declared in the domain."""
    intents, entities, slots = _intents(project), _entities(project), set(project.domain.get("slots") or {})
    forms, steps = project.domain.get("forms") or {}, list(_steps(project))
    known_actions = (
        _actions(project) | set(forms) | set(project.domain.get("responses") or {}) | BUILT_IN_ACTIONS
    )
    for place, intent in sorted({(example.place, example.intent) for example in project.examples}):
        if intent not in intents:
            yield f"{place}: the intent is not declared in domain/"
    annotated = {span.entity for example in project.examples for span in example.spans}
    for entity in sorted((annotated | FIXED_ENTITIES | LIKELY_ENTITIES) - entities):
        yield f"entity {entity} is recognised or annotated but not declared in domain/"
    for rule, step in steps:
        if "intent" in step and step["intent"] not in intents | BUILT_IN_INTENTS:
            yield f"rule {rule!r}: the intent {step['intent']} is not declared"
        if "action" in step and step["action"] not in known_actions:
            yield f"rule {rule!r}: {step['action']} is neither a declared action nor a response"
        for slot in step.get("slot_was_set") or []:
            if name := (next(iter(slot)) if isinstance(slot, dict) else slot):
                yield from [f"rule {rule!r}: the slot {name} is not declared"] * (
                    name not in slots | {"requested_slot"}
                )
        if step.get("active_loop") not in {None, *forms}:
            yield f"rule {rule!r}: the form {step['active_loop']} is not declared"
    yield from _slots_and_forms(slots, forms, entities, project.domain.get("slots") or {})


def buttons(project: Project) -> Iterator[str]:
    """Every button names an intent and entities that exist."""
    intents, entities = _intents(project), _entities(project) | RECOGNISED
    for payload in project.payloads:
        if payload.intent not in intents:
            yield f"{payload.place}: the button's intent {payload.intent} does not exist"
        for entity in payload.entities:
            if entity not in entities:
                yield f"{payload.place}: the button's entity {entity} does not exist"


def answered(project: Project) -> Iterator[str]:
    """Every intent has a rule or a kind of service, and one that can be understood has a question for it."""
    ruled = {step["intent"] for _, step in _steps(project) if "intent" in step}
    ruled |= {intent for kind in project.kinds for intent in kind["intents"]}
    for intent in sorted(_intents(project) - ruled):
        yield f"intent {intent}: no rule and no kind of service answers it"
    for intent in sorted({example.intent for example in project.examples} - set(project.readings)):
        yield f"intent {intent}: no question in knowledge/readings.yml"
    for intent in sorted(set(project.readings) - _intents(project)):
        yield f"knowledge/readings.yml: {intent} is no intent"


def implemented(project: Project) -> Iterator[str]:
    """Every declared action is named in actions/, and every response that actions name exists."""
    code = "\n".join(project.code.values())
    for action in sorted(_actions(project)):
        computed = action.startswith("validate_") and 'f"validate_{' in code
        if not computed and not re.search(rf"""["']{action}["']""", code):
            yield f"action {action} is declared but not implemented in actions/"
    responses = set(project.domain.get("responses") or {})
    for place, text in project.code.items():
        for name in sorted(set(re.findall(r"""["'](utter_[a-z0-9_]*[a-z0-9])["']""", text)) - responses):
            yield f"{place}: the response {name} is not declared in domain/"


CHECKS = (
    enough_examples,
    enough_tests,
    whole_vocabulary,
    one_meaning,
    spans_returned,
    declared,
    buttons,
    answered,
    implemented,
)


def _slots_and_forms(
    slots: set[str], forms: dict[str, Any], entities: set[str], declared_slots: dict[str, Any]
) -> Iterator[str]:
    for form, settings in forms.items():
        for slot in (settings or {}).get("required_slots") or []:
            if slot not in slots:
                yield f"form {form}: its slot {slot} is not declared, so the form would never speak"
    for slot, settings in declared_slots.items():
        for mapping in settings.get("mappings") or []:
            if mapping["type"] == "from_entity" and mapping["entity"] not in entities:
                yield f"slot {slot}: its entity {mapping['entity']} is not declared"
            for condition in mapping.get("conditions") or []:
                if condition.get("active_loop") not in {None, *forms}:
                    yield f"slot {slot}: its form {condition['active_loop']} is not declared"


def _intents(project: Project) -> set[str]:
    by_kind = {intent for kind in project.kinds for intent in kind["intents"]}
    return by_kind | _names(project.domain.get("intents"))


def _entities(project: Project) -> set[str]:
    return _names(project.domain.get("entities"))


def _actions(project: Project) -> set[str]:
    return _names(project.domain.get("actions")) - set(project.domain.get("forms") or {})


def _names(given: Any) -> set[str]:
    return {name for entry in given or [] for name in ([entry] if isinstance(entry, str) else entry)}


def _steps(project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in project.rules:
        for step in [*(rule.get("condition") or []), *(rule.get("steps") or [])]:
            yield rule["rule"], step


def _core(text: str) -> str:
    return re.sub(r"[\s\W_]+", "", normalise(text)) or text
