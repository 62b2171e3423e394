"""What each child process is told through its environment, and no more than it needs."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from app import keys
from app.instance import MARK
from app.settings import Settings

WECHAT_SECRETS = ("WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY")
SECRET_NAMES = (
    "DATABASE_URL",
    "SITE_SECRET",
    "DEMO_PASSWORD",
    "RASA_TOKEN",
    "ACTIONS_TOKEN",
    *WECHAT_SECRETS,
)


@dataclass(frozen=True)
class Tokens:
    """What Rasa and the gateway show to each other; new for each run unless set."""

    rasa: str
    actions: str

    @classmethod
    def of(cls, settings: Settings) -> Tokens:
        return cls(
            rasa=_given(settings.rasa_token) or secrets.token_urlsafe(32),
            actions=_given(settings.actions_token) or secrets.token_urlsafe(32),
        )


def for_rasa(settings: Settings, tokens: Tokens) -> dict[str, str]:
    """Rasa reaches neither the database nor anything signed."""
    return {**without_secrets(settings), "RASA_TOKEN": tokens.rasa, "ACTIONS_TOKEN": tokens.actions}


def for_server(settings: Settings, tokens: Tokens, database_url: str) -> dict[str, str]:
    """All that `python -m app serve` needs, so that it reads the same settings as the supervisor did."""
    values = settings.model_dump(mode="python", exclude_none=True)
    plain = {f"BAODAN_{name.upper()}": _text(value) for name, value in values.items()}
    for name in SECRET_NAMES:
        plain.pop(f"BAODAN_{name}", None)
    return {
        **without_secrets(settings),
        **plain,
        "DATABASE_URL": database_url,
        "SITE_SECRET": keys.site_secret(settings),
        "RASA_TOKEN": tokens.rasa,
        "ACTIONS_TOKEN": tokens.actions,
        **{name: given for name in WECHAT_SECRETS if (given := _given(getattr(settings, name.lower())))},
    }


def without_secrets(settings: Settings) -> dict[str, str]:
    """What any child may know, with the mark by which a later run finds it."""
    hidden = {*SECRET_NAMES, *(f"BAODAN_{name}" for name in SECRET_NAMES)}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in hidden}
    return {**kept, MARK: str(settings.var_dir), "PYTHONUNBUFFERED": "1"}


def _given(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, list | dict | bool) else str(value)
