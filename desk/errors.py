"""What can go wrong at the desk; the sentence of each stands in the domain as `utter_error_<code>`."""

from __future__ import annotations

from gateway.errors import GatewayError


class DeskError(GatewayError):
    """Base of this room's errors."""


class LoginRequired(DeskError):
    """No session, or one that has ended."""

    status = 401
    code = "login_required"


class WrongPassword(DeskError):
    """Login and password do not fit; which of the two is not said."""

    status = 401
    code = "wrong_password"


class LoginLocked(DeskError):
    """Five wrong passwords; the login rests until `until`."""

    status = 429
    code = "login_locked"


class CsrfRefused(DeskError):
    """The request carries no, or a wrong, CSRF token."""

    status = 403
    code = "csrf_refused"


class NotAllowed(DeskError):
    """The role may look but not do this."""

    status = 403
    code = "not_allowed"
