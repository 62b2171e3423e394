"""What the archive must hold and for how long, from the insurer's own files."""

from __future__ import annotations

from gateway.services import Services
from records.archive import Keeping, Needed


def needed(services: Services) -> Needed:
    """The papers of each line, and those the catalogue asks for with each kind of request."""
    kinds = services.context.services.kinds
    return Needed(services.context.archive, {name: kind.documents for name, kind in kinds.items()})


def keeping(services: Services) -> Keeping:
    """How long documents are kept."""
    settings = services.settings
    return Keeping(settings.archive_years_short, settings.archive_years_long, settings.record_years)
