"""The secrets that nobody set: drawn once and kept in `var/secrets.json`, readable by its owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import AppError
from app.settings import Settings


@dataclass(frozen=True)
class Secrets:
    """What is used where no setting says otherwise; never printed but for the demo password."""

    postgres_password: str
    site_secret: str
    demo_password: str
    wechat_app_id: str
    wechat_app_secret: str
    wechat_token: str
    wechat_aes_key: str

    def __repr__(self) -> str:
        return "Secrets(…)"


def load(var_dir: Path) -> Secrets:
    """Reads the installation's secrets, drawing those that are missing."""
    path = var_dir / "secrets.json"
    known: dict[str, str] = {}
    if path.exists():
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise AppError(
                f"{path} is damaged. It holds the database password; restore it from a backup."
            ) from None
    drawn = Secrets(
        postgres_password=known.get("postgres_password") or secrets.token_urlsafe(24),
        site_secret=known.get("site_secret") or secrets.token_urlsafe(32),
        demo_password=known.get("demo_password") or secrets.token_urlsafe(9),
        wechat_app_id=known.get("wechat_app_id") or f"wxdemo{secrets.token_hex(6)}",
        wechat_app_secret=known.get("wechat_app_secret") or secrets.token_hex(16),
        wechat_token=known.get("wechat_token") or secrets.token_hex(8),
        wechat_aes_key=known.get("wechat_aes_key") or base64.b64encode(secrets.token_bytes(32)).decode()[:43],
    )
    if asdict(drawn) != known:
        _write(path, json.dumps(asdict(drawn), indent=2))
    return drawn


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def site_secret(settings: Settings) -> str:
    """What signs the user tokens of the insurer's site."""
    if settings.site_secret:
        return settings.site_secret.get_secret_value()
    return load(settings.var_dir).site_secret


def demo_password(settings: Settings) -> str:
    """The password of all demo staff."""
    if settings.demo_password:
        return settings.demo_password.get_secret_value()
    return load(settings.var_dir).demo_password
