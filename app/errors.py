"""The errors of this room: each ends a command with one sentence for whoever typed it."""

from __future__ import annotations


class AppError(Exception):
    """Something outside the program keeps it from going on; the message says what, and what to do."""


class PortTaken(AppError):
    """Another program listens where one of ours should."""


class AlreadyRunning(AppError):
    """A supervisor of the same `var/` folder is alive."""


class StartFailed(AppError):
    """A child process did not become ready."""
