"""Customers, the channel accounts bound to them, and the agents who look after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import audit
from records.base import Base, Moment


class Customer(Base):
    """A person the insurer knows. `phone_unusable`: the number on file no longer reaches them."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    id_number: Mapped[str] = mapped_column(String(32), unique=True)
    id_valid_until: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    phone_unusable: Mapped[bool] = mapped_column(default=False)
    phone_changed_at: Mapped[Moment | None]
    email: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(String(40))
    guardian_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))


class ChannelIdentity(Base):
    """An account of a channel (a WeChat openid, a user of the insurer's own site) bound to a customer."""

    __tablename__ = "channel_identities"
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(128))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    bound_at: Mapped[Moment]


class Agent(Base):
    """An insurance agent; `left_on` is the last day with the insurer."""

    __tablename__ = "agents"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    left_on: Mapped[date | None]


@dataclass(frozen=True)
class ContactChange:
    """What a contact change replaced; the old phone is told about it."""

    old_phone: str | None
    changed: tuple[str, ...]


async def customer(session: AsyncSession, customer_id: str) -> Customer | None:
    return await session.get(Customer, customer_id)


async def customer_of_account(session: AsyncSession, channel: str, account: str) -> str | None:
    """The customer a channel account is bound to."""
    found = await binding(session, channel, account)
    return found.customer_id if found else None


async def binding(session: AsyncSession, channel: str, account: str) -> ChannelIdentity | None:
    """The binding of a channel account, if it has one."""
    return (
        await session.scalars(
            select(ChannelIdentity).where(
                ChannelIdentity.channel == channel, ChannelIdentity.account == account
            )
        )
    ).one_or_none()


async def bind_account(
    session: AsyncSession, *, channel: str, account: str, customer_id: str, now: datetime
) -> None:
    """Binds an account to a customer; an earlier binding of the account is replaced."""
    binding = {"customer_id": customer_id, "bound_at": now}
    await session.execute(
        insert(ChannelIdentity)
        .values(channel=channel, account=account, **binding)
        .on_conflict_do_update(index_elements=["channel", "account"], set_=binding)
    )


async def change_contact(
    session: AsyncSession,
    customer_id: str,
    *,
    actor: str,
    now: datetime,
    phone: str | None = None,
    email: str | None = None,
    address: str | None = None,
) -> ContactChange:
    """Changes the contact data given (None leaves a field as it is) and audits which fields changed.

    A changed phone is usable again and starts the pause of money requests (`phone_changed_at`).
    Raises LookupError for an unknown customer.
    """
    person = await session.get(Customer, customer_id, with_for_update=True)
    if person is None:
        raise LookupError(f"There is no customer {customer_id}.")
    old_phone = person.phone
    given = {"phone": phone, "email": email, "address": address}
    changed = tuple(name for name, value in given.items() if value not in (None, getattr(person, name)))
    for name in changed:
        setattr(person, name, given[name])
    if "phone" in changed:
        person.phone_unusable = False
        person.phone_changed_at = now
    if changed:
        await audit.append(
            session,
            subject=f"customer:{customer_id}",
            actor=actor,
            action="contact_changed",
            detail={"fields": list(changed)},
            now=now,
        )
    return ContactChange(old_phone=old_phone, changed=changed)
