"""A new kind of request takes one file: the form asks, refuses, reckons and registers as it says."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from knowledge.catalogue import Catalogue
from records.requests import RequestState, ServiceRequest
from tests.actions.conftest import Opens
from tests.actions.talk import ROOT, Talk, context

FILE = """
kind: hold_premium
title: 缓交保费
intents: [hold_premium]
level: 2
review: true
fields:
  - key: policy
    label: 保单
    type: policy
    question: 哪一份要缓交？
    rules:
      - rule: 按年交的才能缓交
        holds: frequency == "annual" and premium > 1000
        refused: "{product_name}每期只有{premium}，不用缓交。"
        source: 演示规则
  - key: months
    label: 缓交几个月
    type: choice
    question: 要缓几个月？
    options:
      - {value: three, label: 3个月, factor: "3"}
      - {value: six, label: 6个月, factor: "6"}
  - key: paid
    label: 先交多少
    type: amount
    question: 这次先交多少？
    rules:
      - rule: 先交的不超过一期
        holds: paid <= premium
        refused: 最多先交{premium}，请写小一点的数。
        source: 演示规则
  - use: health_consent
documents: [缓交申请书]
effect: 缓交期间保障不变，缓到的日子从{next_due}起算。
estimate:
  source: 演示规则
  note: 以批单为准。
  lines:
    - {label: 每月先付约, value: round((premium - paid) / months_factor)}
deadline: {setting: service_working_days, working_days: true, source: 演示规则}
texts:
  start: 好，我来登记缓交。
  done: "已登记，申请号 {number}，{due}前答复您。"
sources: [演示规则]
"""


@pytest.fixture
async def wang(talk: Opens, tmp_path: Path) -> Talk:
    services = tmp_path / "services"
    services.mkdir()
    (services / "hold_premium.yml").write_text(FILE, encoding="utf-8")
    shutil.copy(ROOT / "knowledge" / "standard_fields.yml", tmp_path)
    knows = replace(context(), services=Catalogue.load(services))
    return await talk(customer="C001", level=2, knows=knows)


async def test_it_is_asked_reckoned_refused_and_registered_from_the_file(wang: Talk) -> None:
    first = await wang.say("我想缓交保费", "hold_premium")
    assert "这次办的是安心守护" in first.text
    await wang.choose("6个月")
    assert "最多先交6,800元" in (await wang.say("7000", "inform")).text
    assert "单独同意" in (await wang.say("800", "inform")).text
    summary = await wang.choose("同意")
    for part in ("每月先付约：1,000元", "以上是估算，以批单为准。", "从2026年12月17日起算"):
        assert part in summary.text
    done = await wang.choose("提交")
    async with wang.sessions() as session:
        [request] = (
            await session.scalars(select(ServiceRequest).where(ServiceRequest.kind == "hold_premium"))
        ).all()
    assert request.state is RequestState.SUBMITTED
    assert request.number is not None
    assert request.number in done.text


async def test_its_rule_tells_why_not(wang: Talk) -> None:
    told = await wang.say("医疗险想缓交保费", "hold_premium")
    assert "康享每期只有468元，不用缓交。" in told.text
    assert wang.loop is None
