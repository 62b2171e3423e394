"""A new phone is proven by a code that was sent to it."""

from __future__ import annotations

from actions import questions
from actions.drafts import RESEND, Draft
from actions.reading import read_code, read_mobile
from actions.speech import phrase
from actions.turn import Turn
from knowledge.service_field import ServiceField
from records import identity
from records.masking import mask_phone


async def step(turn: Turn, draft: Draft, field: ServiceField, said: str) -> str | None:
    """Sends a code to a phone just given, or checks the code that came; gives the sentence to begin with."""
    phone = read_mobile(said)
    if phone is not None and phone != draft.pending:
        return await _send(turn, draft, phone)
    waiting = draft.pending
    if waiting is None:
        return phrase("form_wrong_phone")
    if said == RESEND:
        return await _send(turn, draft, waiting)
    code = read_code(said)
    if code is None:
        return phrase("form_wrong_code")
    return await _check(turn, draft, field, waiting, code)


async def _send(turn: Turn, draft: Draft, phone: str) -> str | None:
    if phone == await questions.phone_on_file(turn):
        await draft.wait_for_code(None)
        return phrase("form_same_phone", phone=mask_phone(phone))
    sent = await identity.send_code(
        turn.session,
        conversation_id=turn.conversation_id,
        phone=phone,
        now=turn.now,
        limits=turn.identity_limits,
    )
    await draft.wait_for_code(phone if sent else None)
    return None if sent else phrase("form_code_not_sent")


async def _check(turn: Turn, draft: Draft, field: ServiceField, phone: str, code: str) -> str | None:
    turn.secrets[code] = phrase("mark_code")
    checked = await identity.check_code(
        turn.session,
        conversation_id=turn.conversation_id,
        phone=phone,
        code=code,
        now=turn.now,
        limits=turn.identity_limits,
    )
    match checked:
        case identity.Checked():
            await draft.wait_for_code(None)
            await draft.answer(field.key, phone)
            return None
        case identity.Wrong(attempts_left=left):
            return phrase("form_code_wrong", left=left)
        case identity.Expired():
            return await _send(turn, draft, phone) or phrase("form_code_expired")
        case identity.Locked():
            await draft.wait_for_code(None)
            return phrase("form_code_locked")
