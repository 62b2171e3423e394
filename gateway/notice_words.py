"""A notice in words: what the customer reads, and what a template or a text message shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from actions.written import day
from gateway.channels.notices import Kind
from gateway.services import Services
from records.calendar import SHANGHAI, business_date
from records.claims import ClaimState
from records.complaints import ComplaintState
from records.notices import Notice, Topic
from records.requests import RequestState
from records.words import state_means, state_short, state_text

_STOPS = "。！？!?.；; "
_RATED_REQUESTS = frozenset({RequestState.DONE, RequestState.REJECTED})
_QUIET_REQUESTS = frozenset({RequestState.SUBMITTED, RequestState.IN_REVIEW})
_QUIET_COMPLAINTS = frozenset({ComplaintState.RECEIVED, ComplaintState.INVESTIGATING})


@dataclass(frozen=True)
class Told:
    """`response` names the sentence in `domain/notices.yml`, `values` fill it.

    `kind`, `title` and `state` are for a template message; `pressing`: worth a text message where nothing
    else arrives; `rate`: something ends with it, and the customer is asked how it was.
    """

    response: str
    values: dict[str, object]
    kind: Kind
    title: str
    state: str
    pressing: bool = True
    rate: bool = False


def put(services: Services, notice: Notice) -> Told:
    """The words for a notice."""
    match notice.topic:
        case Topic.REQUEST_STATE:
            return _request(services, notice)
        case Topic.REQUEST_LATE:
            return _late_request(services, notice)
        case Topic.CLAIM_STATE:
            return _claim(services, notice)
        case Topic.ANSWER | Topic.PROMISE_LATE | Topic.PROMISE_MOVED:
            return _answer(services, notice)
        case _:
            return _complaint(services, notice)


def _request(services: Services, notice: Notice) -> Told:
    state = RequestState(notice.detail["state"])
    title = services.context.services.title(notice.detail["kind"])
    return Told(
        f"utter_notice_request_{state.value}",
        _values(services, notice) | {"title": title},
        Kind.REQUEST_STATE,
        title,
        state_short(state),
        pressing=state not in _QUIET_REQUESTS,
        rate=state in _RATED_REQUESTS,
    )


def _late_request(services: Services, notice: Notice) -> Told:
    title = services.context.services.title(notice.detail["kind"])
    values = _values(services, notice) | {"title": title}
    late = services.wording.say("notice_state_late")
    return Told("utter_notice_request_late", values, Kind.REQUEST_STATE, title, late)


def _claim(services: Services, notice: Notice) -> Told:
    state = ClaimState(notice.detail["state"])
    values = _values(services, notice) | {"state": state_text(state), "means": state_means(state)}
    return Told("utter_notice_claim_state", values, Kind.CLAIM_STATE, notice.number, state_short(state))


_COMPLAINT_WORDS = {
    Topic.COMPLAINT_LATE: "notice_state_late",
    Topic.COMPLAINT_EXTENDED: "notice_state_extended",
    Topic.COMPLAINT_PAUSED: "notice_state_paused",
}


def _complaint(services: Services, notice: Notice) -> Told:
    state = ComplaintState(notice.detail["state"])
    reason = str(notice.detail["reason"])
    values = _values(services, notice) | {
        "state": state_text(state),
        "means": state_means(state),
        "question": reason,
        "decision": _sentence(reason),
        "other": reason,
    }
    asked = notice.topic is Topic.COMPLAINT_STATE and state is ComplaintState.AWAITING_CUSTOMER
    shown = _COMPLAINT_WORDS.get(notice.topic)
    return Told(
        "utter_notice_complaint_asked" if asked else f"utter_notice_{notice.topic.value}",
        values,
        Kind.COMPLAINT_DECISION,
        notice.number,
        services.wording.say(shown) if shown else state_short(state),
        pressing=notice.topic is not Topic.COMPLAINT_STATE or state not in _QUIET_COMPLAINTS,
        rate=notice.topic is Topic.COMPLAINT_STATE and state is ComplaintState.CLOSED,
    )


def _answer(services: Services, notice: Notice) -> Told:
    answered = notice.topic is Topic.ANSWER
    values: dict[str, object] = {"reply": _sentence(str(notice.detail.get("reply", "")))}
    if "due_at" in notice.detail:
        values["moment"] = moment(services, datetime.fromisoformat(notice.detail["due_at"]))
    return Told(
        f"utter_notice_{notice.topic.value}",
        values,
        Kind.REQUEST_STATE,
        services.wording.say("notice_title_answer"),
        services.wording.say("notice_state_answer" if answered else "notice_state_late"),
    )


def day_of(when: datetime) -> str:
    """2026年11月27日"""
    return day(business_date(when))


def moment(services: Services, when: datetime) -> str:
    """2026年11月27日18点"""
    local = when.astimezone(SHANGHAI)
    return services.wording.say("notice_moment", day=day(local.date()), hour=local.hour)


def _values(services: Services, notice: Notice) -> dict[str, object]:
    """The parts a sentence may be made of; what is not known is left out."""
    detail: dict[str, Any] = notice.detail
    written = day(date.fromisoformat(detail["due_on"])) if detail.get("due_on") else ""
    reason = str(detail.get("reason") or "").rstrip(_STOPS)
    papers = "、".join(detail.get("missing") or [])
    say = services.wording.say
    return {
        "number": notice.number,
        "day": written,
        "due": say("notice_due", day=written) if written else "",
        "reason": say("notice_reason", reason=reason) if reason else "",
        "note": say("notice_note", reason=reason) if reason else "",
        "missing": say("notice_missing", papers=papers) if papers else "",
    }


def _sentence(text: str) -> str:
    return text if text.endswith(tuple(_STOPS)) else f"{text}。"
