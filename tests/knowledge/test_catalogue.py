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
STANDARD = """
name: {key: name, label: 姓名, type: name, question: 您叫什么？}
"""
CHOICE = "  - {key: item, label: 项目, type: choice, question: 哪一项？, options: [{value: a, label: 甲}]}"
TEXT = "  - {key: facts, label: 经过, type: text, question: 怎么回事？}"


def write(folder: Path, fields: str, kind: str = "try_it", intent: str = "try_it") -> Path:
    services = folder / "services"
    services.mkdir(exist_ok=True)
    (folder / "standard_fields.yml").write_text(STANDARD, encoding="utf-8")
    text = FILE.format(kind=kind, intent=intent, fields=fields)
    (services / f"{kind}.yml").write_text(text, encoding="utf-8")
    return services


@pytest.fixture(scope="module")
def ours() -> Catalogue:
    return Catalogue.load(KNOWLEDGE / "services")


def test_the_projects_own_files_fit(ours: Catalogue) -> None:
    assert [kind.kind for kind in ours.by_intent["file_complaint"]] == ["file_complaint"]
    assert ours["change_contact"].level == 2
    assert ours.title("change_beneficiary") == "变更受益人"
    assert {"surrender_policy", "change_bank_account", "policy_loan"} <= ours.money_kinds


@pytest.mark.parametrize(
    ("intent", "words", "kinds"),
    [
        ("change_payment_plan", "年交改成月交", ["change_payment_frequency"]),
        ("change_payment_plan", "扣款的卡换一张", ["change_bank_account"]),
        ("change_payment_plan", "缴费方式想改", ["change_bank_account", "change_payment_frequency"]),
        ("renew_policy", "自动续保给我关了", ["stop_auto_renewal"]),
        ("renew_policy", "车险到期了帮我续上", ["renew_policy"]),
        ("change_sum_insured", "附加险不要了", ["change_rider"]),
        ("change_sum_insured", "保额降到30万", ["change_sum_insured"]),
        ("change_identity", "身份证过期换新的了", ["change_id_validity"]),
        ("change_identity", "名字写错了一个字", ["change_identity"]),
        ("greet", "你好", []),
    ],
)
def test_words_tell_which_kind_an_intent_starts(
    ours: Catalogue, intent: str, words: str, kinds: list[str]
) -> None:
    assert [kind.kind for kind in ours.meant(intent, words)] == kinds


def test_fields_are_asked_in_order_and_only_where_they_apply(ours: Catalogue) -> None:
    kind = ours["change_contact"]
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
        (TEXT[:-1] + ", states: [lapsed]}", "belong to own records"),
        (TEXT[:-1] + ", condition: {field: item, values: [a]}}", "needs the earlier field item"),
        (TEXT[:-1] + ", colour: red}", "colour"),
        (TEXT[:-1] + ", rules: [{rule: 甲, holds: open(1), refused: 不行, source: 乙}]}", "is not allowed"),
        (TEXT[:-1] + ", rules: [{rule: 甲, holds: 1 +, refused: 不行, source: 乙}]}", "cannot be read"),
        ("  - {key: ok, label: 同意, type: consent, question: 同意吗？}", "a consent needs version"),
        ("  - {use: nobody}", "nobody"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, fields: str, complaint: str) -> None:
    services = write(tmp_path, fields)
    with pytest.raises(CatalogueError, match=complaint) as raised:
        Catalogue.load(services)
    assert "try_it.yml" in str(raised.value)


def test_a_standard_field_is_used_with_what_the_file_says_differently(tmp_path: Path) -> None:
    services = write(tmp_path, "  - {use: name, label: 投保人姓名}")
    [field] = Catalogue.load(services)["try_it"].fields
    assert (field.key, field.label, field.question) == ("name", "投保人姓名", "您叫什么？")


def test_two_kinds_of_one_intent_need_words(tmp_path: Path) -> None:
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
