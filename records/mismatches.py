"""What in our data does not fit together, computed from the records as they stand, for specialists."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from records.applications import Application
from records.claims import ClaimReport, ReportState
from records.customers import Customer
from records.policies import Policy, PolicyState

_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.\s]?[A-Z0-9]{5,6}",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"[\u4e00-\u9fff]{1,8}(?:路|街|道|巷)\d{1,5}号")
_ENDED = frozenset({PolicyState.TERMINATED, PolicyState.EXPIRED, PolicyState.CANCELLED})


class MismatchKind(enum.StrEnum):
    APPLICATION = "application"
    ID_EXPIRED = "id_expired"
    PHONE_DEAD = "phone_dead"
    PLATE = "plate"
    ADDRESS = "address"
    SAME_EVENT = "same_event"


@dataclass(frozen=True)
class Mismatch:
    """`about` is a policy number or a customer id, `ours` what the records say, `theirs` what something else
    shows, `source` the number of that something."""

    kind: MismatchKind
    about: str
    field: str
    ours: str
    theirs: str
    source: str


_COMPARED: Mapping[str, Callable[[Policy], Any]] = {
    "product_code": lambda policy: policy.product_code,
    "holder_id": lambda policy: policy.holder_id,
    "insured_id": lambda policy: policy.insured_id,
    "sum_insured": lambda policy: policy.sum_insured,
    "premium": lambda policy: policy.premium,
    "frequency": lambda policy: policy.frequency.value,
    "plate_number": lambda policy: policy.plate_number,
    "vehicle_use": lambda policy: policy.vehicle_use,
    "property_address": lambda policy: policy.property_address,
    "occupation_class": lambda policy: policy.occupation_class,
}


async def mismatches(session: AsyncSession, today: date) -> list[Mismatch]:
    """All of them, by what they are about."""
    found = [
        *await _applications(session),
        *await _people(session, today),
        *await _reports(session),
        *await _twice(session),
    ]
    return sorted(found, key=lambda one: (one.about, one.kind, one.field))


async def _applications(session: AsyncSession) -> list[Mismatch]:
    """The policy against the application it was issued on."""
    rows = await session.execute(select(Application, Policy).join(Policy, Policy.id == Application.policy_id))
    found = []
    for application, policy in rows:
        stated = {
            "product_code": application.product_code,
            "holder_id": application.applicant_id,
            "insured_id": application.insured_id,
            **application.stated,
        }
        for field, read in _COMPARED.items():
            if field not in stated:
                continue
            ours, theirs = _plain(read(policy)), _plain(stated[field])
            if ours != theirs:
                found.append(
                    Mismatch(MismatchKind.APPLICATION, policy.number, field, ours, theirs, application.number)
                )
    return found


async def _people(session: AsyncSession, today: date) -> list[Mismatch]:
    """Holders and insured of running policies whose identity document or phone is of no use any more."""
    rows = await session.execute(
        select(Customer)
        .where(
            or_(Customer.id_valid_until < today, Customer.phone_unusable),
            select(Policy.id)
            .where(
                or_(Policy.holder_id == Customer.id, Policy.insured_id == Customer.id),
                Policy.state.not_in(_ENDED),
            )
            .exists(),
        )
        .order_by(Customer.id)
    )
    found = []
    for (person,) in rows:
        if person.id_valid_until is not None and person.id_valid_until < today:
            day = person.id_valid_until.isoformat()
            found.append(Mismatch(MismatchKind.ID_EXPIRED, person.id, "id_valid_until", day, "", ""))
        if person.phone_unusable:
            found.append(Mismatch(MismatchKind.PHONE_DEAD, person.id, "phone", person.phone or "", "", ""))
    return found


async def _reports(session: AsyncSession) -> list[Mismatch]:
    """A plate or a house that somebody named in a claim report and the policy does not know."""
    rows = await session.execute(select(ClaimReport, Policy).join(Policy, Policy.id == ClaimReport.policy_id))
    found = []
    for report, policy in rows:
        told = " ".join((report.happened, report.place or "", report.policy_text))
        plates = {_plate(one) for one in _PLATE.findall(told)}
        if policy.plate_number and plates and _plate(policy.plate_number) not in plates:
            found.append(_told(MismatchKind.PLATE, policy, "plate_number", plates, report))
        houses = set(_HOUSE.findall(told))
        known = policy.property_address
        if known and houses and not any(_same_house(house, known) for house in houses):
            found.append(_told(MismatchKind.ADDRESS, policy, "property_address", houses, report))
    return found


async def _twice(session: AsyncSession) -> list[Mismatch]:
    """Two open reports of one policy for one day, perhaps the same event by different people."""
    earlier = aliased(ClaimReport)
    rows = await session.execute(
        select(ClaimReport, earlier, Policy)
        .join(
            earlier,
            (earlier.policy_id == ClaimReport.policy_id)
            & (earlier.happened_when == ClaimReport.happened_when)
            & (earlier.id < ClaimReport.id),
        )
        .join(Policy, Policy.id == ClaimReport.policy_id)
        .where(ClaimReport.state != ReportState.CLOSED, earlier.state != ReportState.CLOSED)
    )
    return [
        Mismatch(
            MismatchKind.SAME_EVENT, policy.number, "happened_when", first.number, later.number, later.number
        )
        for later, first, policy in rows
    ]


def _told(kind: MismatchKind, policy: Policy, field: str, told: set[str], report: ClaimReport) -> Mismatch:
    ours = getattr(policy, field) or ""
    return Mismatch(kind, policy.number, field, ours, "、".join(sorted(told)), report.number)


def _same_house(house: str, address: str) -> bool:
    """Whether street and number end as those of the address do, whatever stands before the street."""
    known = _HOUSE.search(address)
    if known is None:
        return house in address
    ours, theirs = known.group(), house
    return ours.endswith(theirs) or theirs.endswith(ours) or ours[-8:] == theirs[-8:]


def _plate(text: str) -> str:
    return re.sub(r"[·.\s]", "", text).upper()


def _plain(value: Any) -> str:
    """A value as it is compared and shown: amounts without needless zeros, nothing as an empty string."""
    if value is None:
        return ""
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
