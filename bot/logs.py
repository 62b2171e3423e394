"""What the Rasa side writes to its log, and what it keeps out of it."""

from __future__ import annotations

import logging

import structlog


def quiet(level: str) -> None:
    """Logs at `level` and above; what customers write appears in debug logs only.

    Warnings of libraries go to the log at debug level, and the two Rasa loggers that report a failing action
    as if the turn went on are silenced: the channel reports it.
    """
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)))
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.DEBUG if level == "DEBUG" else logging.ERROR)
    for name in ("rasa.core.processor", "rasa.core.actions.action"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
