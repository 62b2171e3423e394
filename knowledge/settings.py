"""The insurer's own numbers: dates, deadlines, telephone numbers and limits used in sentences and rules.

Every value stands in `settings.yml` with the law, contract or decision it comes from.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from knowledge.errors import InvalidKnowledge
from knowledge.yaml_file import read_mapping

WEEKDAYS = "一二三四五六日"


Share = Annotated[Decimal, Field(gt=0, lt=1)]


class InsurerSettings(BaseModel):
    """Typed values of `settings.yml`; `source_of` names where each one comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    insurer_name: str
    hotline: str
    online_channels: str
    open_time: time
    close_time: time
    weekdays: tuple[int, ...] = Field(description="ISO weekdays, Monday is 1")
    timezone: str

    regulator_hotline: str
    mental_health_hotline: str
    social_insurance_hotline: str
    police: str
    fire: str
    ambulance: str
    traffic_police: str

    elderly_age: int = Field(gt=0, description="from this age on a complainant is called at once")
    complaint_days: int = Field(gt=0, description="days from receipt for a simple complaint")
    complaint_days_complex: int = Field(gt=0)
    complaint_days_extension: int = Field(gt=0)
    complaint_days_longest: int = Field(gt=0)
    complaint_review_days: int = Field(gt=0, description="days to ask the higher office for a review")

    claim_decision_days: int = Field(gt=0, description="our promise, papers complete, simple case")
    claim_decision_days_complex: int = Field(gt=0)
    claim_pay_days: int = Field(gt=0, description="days to pay after agreement")
    claim_contact_working_days: int = Field(gt=0, description="working days to call back after a report")
    claim_refusal_days: int = Field(gt=0)
    claim_advance_days: int = Field(gt=0)
    claim_notice_days: int = Field(gt=0, description="contract term of personal insurance")
    motor_notice_hours: int = Field(gt=0, description="contract term of motor insurance")
    compulsory_inform_days: int = Field(gt=0)
    compulsory_decision_days: int = Field(gt=0)
    compulsory_pay_days: int = Field(gt=0)
    limitation_years_life: int = Field(gt=0)
    limitation_years_other: int = Field(gt=0)

    surrender_refund_days: int = Field(gt=0)
    reinstatement_years: int = Field(gt=0)
    reinstatement_answer_days: int = Field(gt=0)
    policy_loan_share: Decimal = Field(gt=0, lt=1, description="of the cash value after what is owed")
    overdue_interest_rate: Decimal = Field(
        ge=0, lt=1, description="a year, on premiums paid at reinstatement"
    )
    motor_renewal_window_days: int = Field(gt=0)
    occupation_notice_days: int = Field(gt=0)

    code_minutes: int = Field(gt=0)
    verified_idle_minutes: int = Field(gt=0)
    lock_minutes: int = Field(gt=0)
    code_tries: int = Field(gt=0)
    queue_timeout_minutes: int = Field(gt=0)
    claim_target_seconds: int = Field(gt=0, description="in which a waiting customer should be claimed")
    reply_target_seconds: int = Field(gt=0, description="in which a customer should hear from a person")
    phone_change_pause_days: int = Field(ge=0)
    low_rating: int = Field(ge=1, le=4, description="a score up to this brings a call back")
    service_working_days: int = Field(gt=0)
    warning_shares: tuple[Share, Share] = Field(
        description="of the time of a request or complaint: gone, the desk is warned, then urged"
    )
    callback_hour: int = Field(ge=0, le=23, description="a promise to get back is kept by this hour")
    file_megabytes: int = Field(gt=0, le=50, description="largest file a customer may send")
    picture_megapixels: int = Field(gt=0, description="largest picture, in million pixels")
    message_limit: int = Field(gt=0, description="longest customer message, characters")
    quiet_from: time = Field(description="from here on no notices are sent")
    quiet_to: time = Field(description="and here they go on, the next morning")
    premium_notice_days: int = Field(gt=0, description="days before the due date that a premium is told of")
    record_years: int = Field(gt=0)
    archive_years_short: int = Field(gt=0, description="after the end of a contract of up to a year")
    archive_years_long: int = Field(gt=0, description="after the end of a longer contract")

    @classmethod
    def load(cls, path: Path) -> InsurerSettings:
        """Read `settings.yml`.

        Raises:
            InvalidKnowledge: when a key is missing, unknown, of the wrong type or without a source.
        """
        raw = read_mapping(path)
        if not isinstance(raw, dict):
            raise InvalidKnowledge(path, 1, "expected a mapping of settings")
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for key, entry in raw.items():
            if not isinstance(entry, dict) or set(entry) != {"value", "source"}:
                raise InvalidKnowledge(
                    path, _line_of(path, key), f"setting '{key}' needs exactly value and source"
                )
            values[key] = entry["value"]
            sources[key] = str(entry["source"])
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            key = str(first["loc"][0])
            raise InvalidKnowledge(path, _line_of(path, key), f"setting '{key}': {first['msg']}") from error
        settings._sources.update(sources)
        return settings

    def source_of(self, key: str) -> str:
        """Law, contract or decision a setting comes from."""
        return self._sources[key]

    @property
    def hours(self) -> str:
        """Opening hours as a customer reads them: 周一至周日 9:00-21:00."""
        days = sorted(self.weekdays)
        if days == list(range(days[0], days[-1] + 1)) and len(days) > 1:
            day_text = f"周{WEEKDAYS[days[0] - 1]}至周{WEEKDAYS[days[-1] - 1]}"
        else:
            day_text = "、".join(f"周{WEEKDAYS[day - 1]}" for day in days)
        return f"{day_text} {_clock(self.open_time)}-{_clock(self.close_time)}"

    def is_open(self, now: datetime) -> bool:
        """Whether specialists work at this aware moment."""
        local = now.astimezone(ZoneInfo(self.timezone))
        return local.isoweekday() in self.weekdays and self.open_time <= local.time() < self.close_time

    def next_opening(self, now: datetime) -> datetime:
        """First moment not before `now` at which specialists work."""
        if self.is_open(now):
            return now
        local = now.astimezone(ZoneInfo(self.timezone))
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.open_time, ZoneInfo(self.timezone))
            if day.isoweekday() in self.weekdays and opening >= local:
                return opening
        raise ValueError("no weekday is open")

    def today(self, now: datetime) -> date:
        """Calendar day of the insurer at an aware moment."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    @property
    def complaint_steps(self) -> tuple[int, int, int]:
        """The days a complaint may take in all: simple, complex, and with the last extension."""
        return (self.complaint_days, self.complaint_days_complex, self.complaint_days_longest)

    def complaint_due(self, received: date) -> date:
        """Last day to decide a simple complaint and tell the customer."""
        return received + timedelta(days=self.complaint_days)

    def values(self) -> dict[str, str]:
        """Everything a sentence may name in braces, as text."""
        texts = {"hours": self.hours}
        for key, value in self:
            texts[key] = _clock(value) if isinstance(value, time) else str(value)
        return texts


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02d}"


def _line_of(path: Path, key: object) -> int:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(f"{key}:"):
            return number
    return 1
