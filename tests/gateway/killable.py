"""A gateway in a process of its own that a test kills: turns, notices, deadlines and text messages at work.

Rasa is played in place: a turn hands in what the customer wrote, in the transaction of the turn, with the
product's own actions: a request, a complaint or a claim report, as its first word says. Every text message
that really leaves is written to a file, as a phone would keep it.
"""

from __future__ import annotations

import asyncio
import os
import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions import drafts, submission
from actions.turn import Context, current_turn
from gateway import clocks, herald, outbox
from gateway.dispatcher import Dispatcher
from gateway.feed import Feed
from gateway.limits import Allowance, Limits
from gateway.rasa import Ranked, Reply, TurnResult
from gateway.services import Options, Services
from gateway.turn_end import JOINT
from knowledge.crisis import CrisisSigns
from records.base import make_engine, make_sessions
from records.request_steps import create_draft, save_answer

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = Context.load(ROOT)
CRISIS = CrisisSigns.load(ROOT / "knowledge" / "crisis.yml")
_OFTEN = 0.02


Field = str
KINDS: dict[str, tuple[Field, dict[Field, str]]] = {
    "file_complaint": ("facts", {"category": "other", "wanted": "给个说法"}),
    "request_personal_data": ("details", {"item": "correct"}),
    "report_claim": ("facts", {"matter": "home", "event_on": "2026-11-01", "policy_number": "不知道"}),
}
"""What a text becomes that begins with the kind's name: the field it answers, and the other answers."""


class Registers:
    """Stands where the client of Rasa stands: each part of the text becomes a matter of its own."""

    def __init__(self) -> None:
        self.services: Services

    async def turn(self, *, turn: uuid.UUID, text: str | None = None, **_: Any) -> TurnResult:
        now = self.services.running[turn]
        dispatcher = CollectingDispatcher()
        token = current_turn.set(now)
        try:
            for part in (text or "").split(JOINT):
                kind = part.partition(" ")[0]
                request = await create_draft(
                    now.session, kind=kind, conversation_id=now.conversation_id, now=now.now
                )
                told, answers = KINDS[kind]
                for field, answer in {**answers, told: part}.items():
                    await save_answer(now.session, request, field, answer, now=now.now)
                draft = await drafts.load(now, str(request.id))
                assert draft is not None
                await asyncio.sleep(random.uniform(0, 0.02))
                await submission.submit_draft(dispatcher, now, draft)
        finally:
            current_turn.reset(token)
        return TurnResult(
            messages=[Reply(text=str(said["text"])) for said in dispatcher.messages],
            intent=Ranked(name="file_complaint", confidence=1.0),
            state={"slots": {}},
        )


class Phones:
    """Takes a moment to send, and remembers what it has sent."""

    keeps_text = True

    def __init__(self, kept: Path) -> None:
        self._kept = kept

    async def send(self, phone: str, text: str) -> None:
        await asyncio.sleep(random.uniform(0, 0.02))
        with open(self._kept, "a", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(random.uniform(0, 0.02))


def build(url: str, folder: Path, ahead: float) -> Services:
    """Services on a database; `ahead` seconds are added to the time."""
    rasa = Registers()
    services = Services(
        sessions=make_sessions(make_engine(url)),
        context=CONTEXT,
        crisis=CRISIS,
        feed=Feed(url),
        rasa=rasa,  # type: ignore[arg-type]
        limits=Limits(Allowance(500, 6000), Allowance(500, 6000)),
        options=Options(
            site_secrets={"demo-site": "a-secret-of-the-insurers-own-site-for-tests"},
            allowed_origins=frozenset(),
            demo=True,
            desk_always_open=True,
            files=folder / "files",
            scan_seconds=_OFTEN,
        ),
        actions_url="http://127.0.0.1:1",
        clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead),
    )
    rasa.services = services
    return services


async def serve(url: str, folder: Path, ahead: float) -> None:
    """Everything that works by itself, until it is killed."""
    services = build(url, folder, ahead)
    for module in (herald, clocks):
        module._LOOK_SECONDS = _OFTEN
    outbox._LOOK_SECONDS = _OFTEN
    outbox._LOST_AFTER = timedelta(seconds=1)
    await services.feed.start()
    await Dispatcher(services).start()
    await asyncio.gather(
        herald.run_forever(services),
        clocks.run_forever(services),
        outbox.run_forever(services, Phones(folder / "phone.txt")),
    )


def nothing() -> None:
    """A process that only shows that processes start."""


def main(url: str, folder: Path, ahead: float) -> None:
    """The process; it never ends by itself."""
    asyncio.run(serve(url, folder, ahead))
