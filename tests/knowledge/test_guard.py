"""Sentences that must never reach a customer are caught, honest ones are not."""

from pathlib import Path

import pytest

from knowledge.errors import InvalidKnowledge
from knowledge.guard import Guard

GUARD = Guard.load(Path(__file__).resolve().parents[2] / "knowledge" / "guard.yml")
BAD = [
    ("promises_payout", "您放心，这种病一定能赔。"),
    ("promises_payout", "这种情况可以赔，您交材料吧。"),
    ("promises_payout", "我们包赔。"),
    ("promises_payout", "百分百赔付"),
    ("promises_payout", "癌症肯定会赔的"),
    ("promises_payout", "理赔没问题，放心。"),
    ("decides_claim", "您的情况不能赔。"),
    ("decides_claim", "没到定义，肯定不赔。"),
    ("promises_renewal", "本产品保证续保到80岁。"),
    ("promises_renewal", "一定给您续保。"),
    ("promises_renewal", "续保不需要审核"),
    ("promises_income", "分红险保本，还比银行利息高。"),
    ("promises_income", "稳赚不亏。"),
    ("promises_income", "固定收益3.5%"),
    ("recommends", "建议您购买安心守护。"),
    ("recommends", "这款性价比最高。"),
    ("recommends", "您应该买百万医疗。"),
    ("recommends", "强烈建议您投保。"),
    ("compares", "比平安的便宜多了。"),
    ("compares", "别家的理赔都很拖"),
    ("compares", "我们是行业第一。"),
    ("threatens", "再不交保费就打水漂了。"),
    ("threatens", "会影响您的征信。"),
    ("threatens", "我们会起诉您。"),
    ("hinders_surrender", "不建议您退保。"),
    ("hinders_surrender", "先别退，退保很可惜。"),
    ("hinders_surrender", "退保要先找业务员同意。"),
    ("hinders_complaint", "没必要投诉，投诉没用。"),
    ("hinders_complaint", "您先撤诉再谈。"),
    ("sales_pressure", "这款即将停售，最后三天。"),
    ("sales_pressure", "限时优惠，机不可失！"),
    ("invites_nondisclosure", "住院的事不用告知。"),
    ("invites_nondisclosure", "过了两年就都能赔"),
    ("pretends_human", "我是真人，不是机器。"),
    ("wrong_notice_rule", "超过48小时报案就不赔。"),
    ("guarantees_reinstatement", "复效一定能通过。"),
    ("asks_secret", "请把您的密码发给我。"),
    ("promises_payout", "您这次的情况是可以赔的。"),
    ("promises_payout", "只要买了，都能赔。"),
    ("promises_payout", "保证给您报销。"),
    ("promises_payout", "赔付没有问题，等着收钱就行。"),
    ("promises_payout", "我们会给您赔的。"),
    ("decides_claim", "您这病不予赔付。"),
    ("decides_claim", "这个一定不赔，别报了。"),
    ("decides_claim", "拒赔是对的。"),
    ("promises_renewal", "终身可以续保。"),
    ("promises_renewal", "无条件续保，放心。"),
    ("promises_income", "红利肯定有，年年涨。"),
    ("promises_income", "这款零风险。"),
    ("recommends", "推荐您买这一款。"),
    ("recommends", "预算不多的话首选意外险。"),
    ("recommends", "人人都该买一份重疾险。"),
    ("compares", "我们的条款优于平安。"),
    ("compares", "国寿的产品不如我们。"),
    ("threatens", "不交的话列入黑名单。"),
    ("threatens", "后果自负。"),
    ("hinders_surrender", "劝您别退保，退了吃亏。"),
    ("hinders_surrender", "现在不受理退保。"),
    ("hinders_complaint", "撤销投诉才能给您办。"),
    ("sales_pressure", "名额有限，赶快决定。"),
    ("invites_nondisclosure", "结节可以不告知。"),
    ("invites_nondisclosure", "全选“否”就行。"),
    ("pretends_human", "我不是机器人，我是您的专员。"),
    ("wrong_notice_rule", "不报案就不赔。"),
]
GOOD = [
    "这款是一年期，不保证续保。",
    "晚了也请马上报，不会因为晚报就一定不赔。",
    "能不能赔由理赔审核决定。",
    "不等于什么都能赔，还要看是不是保险责任。",
    "红利不保证，某一年可能没有。",
    "退了之后保障就没有了，再买要重新看健康和年龄。",
    "您也可以打监管热线，哪条路都不影响别的。",
    "问到什么，就如实答什么；没问到的不用说。",
    "我是安和保险的智能助手，不是真人。",
    "理赔过还能续吗？一年期产品要重新审核。",
    "请不要把钱交给业务员。",
    "中止期间出险不赔，2年内可以申请恢复。",
]


@pytest.mark.parametrize(("rule", "sentence"), BAD)
def test_a_forbidden_sentence_is_caught(rule: str, sentence: str) -> None:
    assert rule in {breach.rule for breach in GUARD.breaches(sentence)}


@pytest.mark.parametrize("sentence", GOOD)
def test_an_honest_sentence_passes(sentence: str) -> None:
    assert GUARD.breaches(sentence) == []


def test_there_are_sixty_of_them() -> None:
    assert len(BAD) >= 60


def test_the_sentence_is_named() -> None:
    [breach] = GUARD.breaches("90天。\n我们包赔。谢谢。")
    assert breach.sentence == "我们包赔"
    assert breach.why


def test_a_broken_pattern_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "guard.yml"
    path.write_text("a: {why: b, patterns: ['('], unless: []}\n", encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match="rule 'a'"):
        Guard.load(path)
