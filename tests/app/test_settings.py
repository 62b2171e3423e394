"""Settings are read once, name themselves when wrong, and do not print what is secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "SITE_SECRET", "DEMO_PASSWORD", "RASA_TOKEN", "ACTIONS_TOKEN", "DESK_HOURS"):
        monkeypatch.delenv(name, raising=False)


def test_plain_and_prefixed_names_both_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAODAN_PUBLIC_PORT", "9000")
    monkeypatch.setenv("DEMO_PASSWORD", "open sesame")
    monkeypatch.setenv("BAODAN_SITE_SECRET", "signs")
    settings = Settings()
    assert settings.public_port == 9000
    assert settings.public_url == "http://127.0.0.1:9000"
    assert settings.demo_password is not None
    assert settings.demo_password.get_secret_value() == "open sesame"
    assert settings.site_secret is not None
    assert settings.site_secret.get_secret_value() == "signs"


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://baodan:hunter2@db/baodan")
    assert "hunter2" not in repr(Settings()) + str(Settings())


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_address_gets_our_driver(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://u:p@db:5432/baodan")  # type: ignore[arg-type]
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://u:p@db:5432/baodan"


def test_another_database_is_refused() -> None:
    with pytest.raises(ValidationError, match="postgresql://user"):
        Settings(database_url="mysql://u:p@db/baodan")  # type: ignore[arg-type]


def test_desk_is_always_open_in_the_demo_only() -> None:
    assert Settings(demo=True).desk_always_open
    assert not Settings(demo=False).desk_always_open
    assert not Settings(demo=True, desk_hours="insurer").desk_always_open
    assert Settings(demo=False, desk_hours="always").desk_always_open


def test_each_rasa_has_its_own_port() -> None:
    settings = Settings(rasa_port=6000, rasa_count=3)
    assert settings.rasa_urls == [f"http://127.0.0.1:{port}" for port in (6000, 6001, 6002)]


def test_a_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(var_dir=Path("state")).var_dir == tmp_path / "state"
