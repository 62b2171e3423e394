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
    """Five wrong passwords or codes; the login rests until `until`."""

    status = 429
    code = "login_locked"


class CodeRequired(DeskError):
    """The password fits, and the colleague has a second factor, whose code is missing."""

    status = 401
    code = "code_required"


class WrongCode(DeskError):
    """The code of the second factor is wrong, or was used before."""

    status = 401
    code = "wrong_code"


class SecondFactorNeeded(DeskError):
    """The role needs a second factor, and none is set up yet."""

    status = 403
    code = "second_factor_needed"


class CsrfRefused(DeskError):
    """The request carries no, or a wrong, CSRF token."""

    status = 403
    code = "csrf_refused"


class NotAllowed(DeskError):
    """The role may not do this."""

    status = 403
    code = "not_allowed"


class SamePerson(DeskError):
    """Nobody takes away their own access, or gives it to themselves."""

    status = 409
    code = "same_person"


class NobodyWaiting(DeskError):
    """Nobody is in the queue for the skills of the one who asks."""

    status = 404
    code = "nobody_waiting"


class UnknownSkill(DeskError):
    """No such skill."""

    code = "unknown_skill"


class ReasonNeeded(DeskError):
    """Personal data is shown only for a reason that is written down."""

    code = "reason_needed"


class NothingToReveal(DeskError):
    """The record holds no such value."""

    status = 404
    code = "nothing_to_reveal"
