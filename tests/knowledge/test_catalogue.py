from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue, CatalogueError, fill

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
FILE = """
kind: {kind}
title: 试办
intents: [{intent}]
level: 0
review: true
fields:
{fields}
deadline: {{setting: service_working_days, source: 公司服务规则}}
texts: {{start: 好。, summary: 核对一下：, done: "编号 {{number}}"}}
"""
CHOICE = "  - {key: item, label: 项目, type: choice, question: 哪一项？, options: [{value: a, label: 甲}]}"
TEXT = "  - {key: facts, label: 经过, type: text, question: 怎么回事？}"


def write(folder: Path, fields: str, kind: str = "try_it", intent: str = "try_it") -> Path:
    services = folder / "services"
    services.mkdir(exist_ok=True)
    (folder / "handled_kinds.yml").write_text("by_hand: {title: 手办, money: true}", encoding="utf-8")
    text = FILE.format(kind=kind, intent=intent, fields=fields)
    (services / f"{kind}.yml").write_text(text, encoding="utf-8")
    return services


def test_the_projects_own_files_fit() -> None:
    catalogue = Catalogue.load(KNOWLEDGE / "services")
    assert catalogue.by_intent["file_complaint"].level == 0
    assert catalogue.by_intent["change_contact"].level == 2
    assert catalogue.title("change_beneficiary") == "变更受益人"
    assert {"surrender_policy", "change_bank_account"} <= catalogue.money_kinds


def test_fields_are_asked_in_order_and_only_where_they_apply() -> None:
    kind = Catalogue.load(KNOWLEDGE / "services")["change_contact"]
    first = kind.next_field({})
    assert first is not None
    assert first.key == "item"
    second = kind.next_field({"item": "email"})
    assert second is not None
    assert second.key == "email"
    assert kind.next_field({"item": "email", "email": "a@b.cn"}) is None


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("  - {key: facts, label: 经过, type: choice, question: 哪一项？}", "options belong to a choice"),
        (f"{TEXT}\n{TEXT}", "stands twice"),
        (TEXT[:-1] + ", prove: true}", "belong to a phone"),
        (TEXT[:-1] + ", states: [lapsed]}", "belong to a policy"),
        (TEXT[:-1] + ", condition: {field: item, values: [a]}}", "needs the earlier field item"),
        (TEXT[:-1] + ", colour: red}", "colour"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, fields: str, complaint: str) -> None:
    services = write(tmp_path, fields)
    with pytest.raises(CatalogueError, match=complaint) as raised:
        Catalogue.load(services)
    assert "try_it.yml" in str(raised.value)


def test_two_kinds_cannot_start_with_the_same_intent(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    services = write(tmp_path, CHOICE, kind="try_more")
    with pytest.raises(CatalogueError, match="intent try_it already starts try_it"):
        Catalogue.load(services)


def test_a_file_is_named_as_its_kind(tmp_path: Path) -> None:
    services = write(tmp_path, TEXT)
    (services / "try_it.yml").rename(services / "other.yml")
    with pytest.raises(CatalogueError, match=r"name the file try_it\.yml"):
        Catalogue.load(services)


def test_a_value_nobody_gave_is_named() -> None:
    assert fill("打{hotline}", {"hotline": "400"}) == "打400"
    with pytest.raises(KeyError, match="hotline"):
        fill("打{hotline}", {})
