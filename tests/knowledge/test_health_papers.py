"""Which matters bring papers about somebody's health, and the wording that is consented to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.errors import InvalidKnowledge
from knowledge.health_papers import HealthPapers

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"


@pytest.fixture(scope="module")
def health() -> HealthPapers:
    return HealthPapers.load(KNOWLEDGE / "health_papers.yml")


@pytest.mark.parametrize(
    "about",
    [
        "住院医疗",
        "重大疾病",
        "身故",
        "意外受伤",
        "车辆事故 injured",
        "体检报告",
        "甲状腺结节超声报告",
        "意外医疗、发票",
    ],
)
def test_papers_about_health_are_expected(health: HealthPapers, about: str) -> None:
    assert health.expected_by(about)


@pytest.mark.parametrize(
    "about",
    ["车损", "水暖管爆裂", "车辆事故", "家里财产受损", "旅行中出的事", "申请书", "身份证照片", "其他", ""],
)
def test_other_papers_are_not(health: HealthPapers, about: str) -> None:
    assert not health.expected_by(about)


def test_both_wordings_of_one_consent_have_one_version(health: HealthPapers) -> None:
    fields = yaml.safe_load((KNOWLEDGE / "standard_fields.yml").read_text(encoding="utf-8"))
    assert fields["health_consent"]["version"] == health.version


def test_the_question_names_the_matter(health: HealthPapers) -> None:
    asked = health.question.format(title="住院医疗", number="CLM202600030001")
    assert "“住院医疗”（CLM202600030001）" in asked
    assert asked.endswith("同意吗？")


def test_a_file_without_a_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "health_papers.yml"
    path.write_text('version: ""\nquestion: 同意吗？\nsigns: [病]\n', encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match="version"):
        HealthPapers.load(path)
