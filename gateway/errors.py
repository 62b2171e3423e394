"""What can go wrong for a customer or a specialist; each error names its status, code and sentence.

The sentences stand in `domain/gateway_errors.yml` under `utter_error_<code>`.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base: `values` fill the placeholders of the sentence."""

    status = 400
    code = "bad_request"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values


class BadRequest(GatewayError):
    """The body is not JSON, or not of the protocol's form."""


class UnknownSite(GatewayError):
    """The site key is not one of ours."""

    status = 403
    code = "unknown_site"


class OriginRefused(GatewayError):
    """The page that embeds the widget is not on the site's allow-list."""

    status = 403
    code = "origin_refused"


class Unauthorised(GatewayError):
    """No token, or one that opens no conversation."""

    status = 401
    code = "unauthorised"


class Empty(GatewayError):
    """Nothing is left of the message once blanks and control characters are gone."""

    code = "empty"


class TooLong(GatewayError):
    """The message is longer than `limit` characters."""

    status = 413
    code = "too_long"


class FileError(GatewayError):
    """A file that cannot be taken."""


class FileTooLarge(FileError):
    """The file has more bytes than one may have."""

    status = 413
    code = "file_too_large"


class FileRefused(FileError):
    """By its content, the file is neither a photo nor a PDF."""

    status = 415
    code = "file_type"


class FileDamaged(FileError):
    """The photo is cut off or broken."""

    status = 422
    code = "file_damaged"


class PictureTooLarge(FileError):
    """Opened, the picture would have more pixels than any camera makes."""

    status = 413
    code = "picture_too_large"


class RateLimited(GatewayError):
    """Too many messages from one address or in one conversation."""

    status = 429
    code = "rate_limited"


class UnknownButton(GatewayError):
    """The button token is forged, or of another conversation."""

    status = 403
    code = "unknown_button"


class Unavailable(GatewayError):
    """The database does not answer; nothing was stored, the client keeps the message and sends it again."""

    status = 503
    code = "unavailable"


class NotFound(GatewayError):
    """No such thing, or it is not this customer's."""

    status = 404
    code = "not_found"


class Internal(GatewayError):
    """A defect of ours; the log has the rest."""

    status = 500
    code = "internal"


class ModeConflict(GatewayError):
    """The conversation has moved on since the specialist looked."""

    status = 409
    code = "wrong_mode"


class AlreadyClaimed(ModeConflict):
    """Another specialist, `name`, was faster."""

    code = "already_claimed"


class NotYours(ModeConflict):
    """Only the specialist who holds the conversation may do this."""

    code = "not_yours"
