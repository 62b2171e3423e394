"""The second factor of a log-in: codes that change every thirty seconds (TOTP, RFC 6238), each good once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from records.staff import Staff

_DRIFT = 1
"""Steps of thirty seconds by which a telephone's clock may be off."""
_STEP_SECONDS = 30


def enrolled(staff: Staff) -> bool:
    return staff.totp_confirmed_at is not None


async def begin(session: AsyncSession, staff: Staff) -> str:
    """A fresh secret, not in force before it is confirmed. Replaces one that was never confirmed."""
    staff.totp_secret = pyotp.random_base32()
    staff.totp_last_step = None
    await session.flush()
    return staff.totp_secret


def address(staff: Staff, secret: str, issuer: str) -> str:
    """The otpauth:// address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.login, issuer_name=issuer)


async def confirm(session: AsyncSession, staff: Staff, code: str, now: datetime) -> bool:
    """Puts the secret into force when the code shows that the app has it."""
    if not await accepts(session, staff, code, now):
        return False
    staff.totp_confirmed_at = now
    await session.flush()
    return True


async def accepts(session: AsyncSession, staff: Staff, code: str, now: datetime) -> bool:
    """Whether a code is right and was not used before."""
    if staff.totp_secret is None or not code.isascii() or not code.isdigit():
        return False
    totp = pyotp.TOTP(staff.totp_secret)
    now_step = int(now.timestamp()) // _STEP_SECONDS
    for step in range(now_step - _DRIFT, now_step + _DRIFT + 1):
        fresh = staff.totp_last_step is None or step > staff.totp_last_step
        if fresh and pyotp.utils.strings_equal(totp.generate_otp(step), code):
            staff.totp_last_step = step
            await session.flush()
            return True
    return False


async def remove(session: AsyncSession, staff: Staff) -> None:
    """Back to the password alone, for a lost telephone."""
    staff.totp_secret = staff.totp_confirmed_at = staff.totp_last_step = None
    await session.flush()
