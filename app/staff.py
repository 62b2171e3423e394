"""`baodan desk add-user`: access to the desk for a colleague."""

from __future__ import annotations

from app.errors import AppError
from records.base import make_engine, make_sessions
from records.staff import SKILLS, Role, add_staff


async def add(url: str, *, login: str, name: str, role: str, skills: list[str], password: str) -> None:
    """Adds one colleague; AppError when something about them is not acceptable."""
    unknown = sorted(set(skills) - set(SKILLS))
    if unknown:
        raise AppError(f"There is no skill {', '.join(unknown)}; there are {', '.join(SKILLS)}.")
    if role not in set(Role):
        raise AppError(f"There is no role {role}; there are {', '.join(Role)}.")
    engine = make_engine(url)
    try:
        async with make_sessions(engine).begin() as session:
            await add_staff(
                session, login=login, name=name, role=Role(role), skills=skills, password=password
            )
    except ValueError as error:
        raise AppError(str(error)) from None
    finally:
        await engine.dispose()
