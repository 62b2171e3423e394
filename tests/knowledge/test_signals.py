from pathlib import Path

import pytest

from knowledge.errors import InvalidKnowledge
from knowledge.signals import ComplaintSignals

FILE = Path(__file__).resolve().parents[2] / "knowledge" / "complaint_signals.yml"
SIGNALS = ComplaintSignals.load(FILE)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("再不处理我打12378", {"regulator"}),
        ("我要找律师起诉你们", {"lawyer"}),
        ("发到抖音曝光你们", {"media"}),
        ("我们三十多个人都被骗了", {"group"}),
        ("我们5户都是这样", {"group"}),
        ("签名不是我签的，钱转到业务员卡里", {"staff_misconduct"}),
        ("我妈今年七十二岁，被他骗了", {"elderly"}),
        ("投诉过一次了，一直没人理", {"repeated"}),
        ("我委托了维权公司，要求全额退保", {"agent_surrender"}),
        ("扣款失败没通知我", set()),
        ("业务员说三年能全部取出来", set()),
        ("交了7年了", set()),
    ],
)
def test_signals(text: str, names: set[str]) -> None:
    assert SIGNALS.recognise(text) == names


def test_traces_of_paid_surrender_are_tags_only() -> None:
    assert SIGNALS.priority({"agent_surrender"}) == 0
    assert not SIGNALS.call_a_person({"agent_surrender"})
    assert SIGNALS.priority(SIGNALS.names()) == 3
    assert SIGNALS.labels({"agent_surrender", "media"}) == ["提到媒体", "疑似代理退保"]


def test_a_wrong_file_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "signals.yml"
    path.write_text("media: {priority: 3, words: ['[']}", encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match="media"):
        ComplaintSignals.load(path)
