"""From which days on the desk is warned of a deadline, then urged, by the insurer's `warning_shares`."""

from __future__ import annotations

from datetime import date

from gateway.services import Services
from records.calendar import warning_day
from records.requests import ServiceRequest


def warnings(services: Services, due_on: date, days: int, *, working: bool) -> list[str]:
    """The first day of each warning of a period of `days` that ends with `due_on`."""
    shares = services.settings.warning_shares
    return [warning_day(due_on, days, share, working=working).isoformat() for share in shares]


def of_request(services: Services, item: ServiceRequest) -> list[str]:
    """The same for a request, whose days stand with its kind; none where it has no deadline."""
    kind = services.context.services.kinds.get(item.kind)
    setting = kind.deadline.setting if kind else None
    if item.due_on is None or setting is None:
        return []
    days = int(getattr(services.settings, setting))
    return warnings(services, item.due_on, days, working=item.working_days)
