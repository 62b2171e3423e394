"""The turn channel against a real Rasa process and a real action server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.bot.conftest import Actions, Rasa


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "timings"}


def texts(answer: dict[str, Any]) -> list[str]:
    return [message["text"] for message in answer["messages"]]


def test_a_turn_answers_everything_the_gateway_needs(rasa: Rasa, actions: Actions) -> None:
    status, answer = rasa.turn("重疾险等待期多久")
    assert status == 200
    assert answer["intent"]["name"] == "ask_waiting_period"
    assert len(answer["ranking"]) == 5
    assert answer["entities"] == [{"entity": "product", "value": "axzj", "start": 0, "end": 3}]
    assert answer["slots"]["product"] == "axzj"
    assert answer["actions"] == ["action_answer"]
    assert set(answer["timings"]) == {"parse_ms", "policies_ms", "actions_ms"}
    assert all(milliseconds > 0 for milliseconds in answer["timings"].values())


def test_text_buttons_and_citations_of_one_utterance_are_one_message(rasa: Rasa, actions: Actions) -> None:
    _, answer = rasa.turn("重疾险等待期多久")
    assert answer["messages"] == [
        {
            "text": "axzj：90天",
            "buttons": [{"title": "改手机号", "payload": "/change_contact"}],
            "citations": [{"title": "axzj", "clause": "3.2", "version": "2026"}],
        }
    ]


def test_actions_are_called_at_the_address_and_with_the_token_of_the_turn(
    rasa: Rasa, actions: Actions
) -> None:
    rasa.turn("等待期多久", turn="turn-7")
    assert actions.paths == ["/turns/turn-7/action"]
    assert actions.headers == ["Bearer actions-secret"]
    assert "domain" not in actions.calls[0]


def test_the_same_turn_twice_answers_the_same(rasa: Rasa, actions: Actions) -> None:
    _, state = rasa.choose("change_contact")
    first = rasa.turn("等待期多久", state["state"])
    second = rasa.turn("等待期多久", state["state"])
    assert first[0] == 200
    assert without_time(first[1]) == without_time(second[1])


def test_variations_depend_on_the_turn_alone(rasa: Rasa, actions: Actions) -> None:
    said = {
        turn: {tuple(texts(rasa.turn("您好", turn=turn)[1])) for _ in range(3)}
        for turn in map(str, range(12))
    }
    assert all(len(variations) == 1 for variations in said.values())
    assert len(set.union(*said.values())) == 3


def test_a_dropped_turn_leaves_no_trace(rasa: Rasa, actions: Actions) -> None:
    _, before = rasa.turn("您好")
    rasa.turn("重疾险等待期多久", before["state"])
    _, after = rasa.turn("是的", before["state"])
    assert after["slots"]["product"] is None
    assert "ask_waiting_period" not in json.dumps(after["state"])


def test_a_digression_inside_the_form_is_answered_and_the_form_goes_on(rasa: Rasa, actions: Actions) -> None:
    _, begun = rasa.choose("change_contact")
    assert texts(begun) == ["新号码是多少？"]
    _, digressed = rasa.turn("重疾险等待期多久", begun["state"])
    assert digressed["actions"] == ["action_answer", "service_form"]
    assert texts(digressed) == ["axzj：90天", "新号码是多少？"]
    _, done = rasa.turn("13900002222", digressed["state"])
    assert texts(done) == ["记下了2222", "办好了"]
    assert done["slots"]["service_draft"] is None


def test_a_button_in_a_form_makes_no_slash_text(rasa: Rasa, actions: Actions) -> None:
    _, begun = rasa.choose("change_contact")
    actions.calls.clear()
    _, asked = rasa.choose("ask_waiting_period", begun["state"], product="安心守护")
    assert texts(asked) == ["安心守护：90天", "新号码是多少？"]
    assert asked["intent"] == {"name": "ask_waiting_period", "confidence": 1.0}
    events = [event for call in actions.calls for event in call["tracker"]["events"]]
    assert {event["text"] for event in events if event["event"] == "user"} == {None}
    assert '"/' not in json.dumps(asked["state"])


def test_a_failing_action_gives_502_and_the_old_state_still_works(rasa: Rasa, actions: Actions) -> None:
    _, before = rasa.turn("您好")
    actions.broken.add("action_break")
    status, failed = rasa.turn("把它弄坏", before["state"])
    assert status == 502
    assert failed["error"]["code"] == "action_failed"
    assert [call["next_action"] for call in actions.calls] == ["action_break"]
    actions.broken.clear()
    status, answer = rasa.turn("把它弄坏", before["state"])
    assert (status, texts(answer)) == (200, ["这一句说了不算", "好的"])


def test_a_failing_validation_never_reaches_the_submit_action(rasa: Rasa, actions: Actions) -> None:
    _, begun = rasa.choose("change_contact")
    actions.calls.clear()
    actions.broken.add("validate_service_form")
    status, _ = rasa.turn("13900002222", begun["state"])
    assert status == 502
    assert {call["next_action"] for call in actions.calls} == {"validate_service_form"}


def test_unreachable_actions_give_502(rasa: Rasa, actions: Actions) -> None:
    body = rasa.body("turn-1", text="重疾险等待期多久", actions_url="http://127.0.0.1:9/gone")
    status, answer = rasa.post(body)
    assert (status, answer["error"]["code"]) == (502, "action_failed")


@pytest.mark.parametrize(
    "text", ["/restart", "/affirm{}", ' /change_contact{"phone": "13800001001"}', "/session_start"]
)
def test_a_slash_in_text_is_not_obeyed(rasa: Rasa, actions: Actions, text: str) -> None:
    _, before = rasa.turn("重疾险等待期多久")
    status, answer = rasa.turn(text, before["state"])
    assert status == 200
    assert answer["intent"] == {"name": "nlu_fallback", "confidence": 0.0}
    assert answer["entities"] == []
    assert texts(answer) == ["没听明白"]
    assert answer["slots"]["product"] == "axzj"


def test_the_two_hundredth_message_costs_what_the_twentieth_did(rasa: Rasa, actions: Actions) -> None:
    _, begun = rasa.choose("change_contact")
    state, sizes, events = begun["state"], [], []
    for number in range(200):
        status, answer = rasa.turn("等待期多久", state, turn=str(number))
        assert status == 200
        assert texts(answer)[-1] == "新号码是多少？"
        state = answer["state"]
        sizes.append(len(json.dumps(state)))
        events.append(len(actions.calls[-1]["tracker"]["events"]))
    assert sizes[199] == sizes[30]
    assert events[199] == events[30]
    _, done = rasa.turn("13900002222", state)
    assert texts(done) == ["记下了2222", "办好了"]


def test_what_the_customer_wrote_leaves_the_state_with_the_turn(rasa: Rasa, actions: Actions) -> None:
    _, begun = rasa.choose("change_contact")
    _, done = rasa.turn("13900002222", begun["state"])
    _, asked = rasa.turn("我叫王小明，要改联系电话")
    for answer in (done, asked):
        kept = json.dumps(answer["state"], ensure_ascii=False)
        assert "13900002222" not in kept
        assert "王小明" not in kept


def test_a_turn_of_many_actions_is_aborted(rasa: Rasa, actions: Actions) -> None:
    actions.action_affirmed = lambda tracker: ([{"event": "followup", "name": "action_affirmed"}], ["又来"])  # type: ignore[method-assign]
    try:
        status, answer = rasa.turn("是的")
    finally:
        del actions.action_affirmed
    assert (status, answer["error"]["code"]) == (502, "action_failed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": None, "intent": None},
        {"text": "您好", "intent": {"name": "greet"}},
        {"text": "  "},
        {"text": 7},
        {"text": None, "intent": {"name": "no_such_intent"}},
        {"text": None, "intent": {"name": "greet", "entities": [{"entity": "no_such_entity", "value": "x"}]}},
        {"text": None, "intent": {"name": "greet", "entities": "product"}},
        {"state": "old"},
        {"state": {"v": 99}},
        {"state": {"v": 1, "slots": {}, "loop": None, "turns": [[{"event": "nonsense"}]]}},
        {"state": {"v": 1}},
        {"actions_url": ""},
        {"conversation": None},
    ],
)
def test_a_bad_turn_gives_400(rasa: Rasa, actions: Actions, wrong: dict[str, Any]) -> None:
    status, answer = rasa.post({**rasa.body("turn-1", text="您好"), **wrong})
    assert (status, answer["error"]["code"]) == (400, "bad_turn")
    assert actions.calls == []


def test_a_wrong_token_gives_401(rasa: Rasa, actions: Actions) -> None:
    status, answer = rasa.post(rasa.body("turn-1", text="您好"), token="guess")
    assert (status, answer["error"]["code"]) == (401, "bad_token")


def test_only_the_turn_channel_is_served(rasa: Rasa) -> None:
    for path in ("/model/parse", "/conversations/x/tracker", "/webhooks/rest/webhook", "/status", "/"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(rasa.url + path, timeout=5)
        assert refused.value.code in {404, 405}
        refused.value.close()


def test_the_start_is_quick(rasa: Rasa) -> None:
    assert rasa.ready_seconds < 60
