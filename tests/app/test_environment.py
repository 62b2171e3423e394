"""Each child is told what it needs and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.environment import Tokens, for_rasa, for_server
from app.settings import Settings

TOKENS = Tokens(rasa="r-token", actions="a-token")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", "postgresql://baodan:hunter2@db/baodan")
    monkeypatch.setenv("SITE_SECRET", "signs")
    monkeypatch.setenv("BAODAN_DEMO_PASSWORD", "open sesame")
    return Settings(
        var_dir=tmp_path, public_port=9000, public_origins=["https://insurer.example"], demo=False
    )


def test_rasa_learns_no_secret_but_its_tokens(settings: Settings) -> None:
    told = for_rasa(settings, TOKENS)
    assert (told["RASA_TOKEN"], told["ACTIONS_TOKEN"]) == ("r-token", "a-token")
    for secret in ("hunter2", "signs", "open sesame"):
        assert not [name for name, value in told.items() if secret in value]


def test_the_server_reads_what_the_supervisor_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = for_server(settings, TOKENS, "postgresql+psycopg://u:p@127.0.0.1:1/baodan")
    for name in ("DATABASE_URL", "SITE_SECRET", "BAODAN_DEMO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    read = Settings()
    different = {name for name in Settings.model_fields if getattr(read, name) != getattr(settings, name)}
    assert different == {"database_url", "rasa_token", "actions_token", "demo_password"}
    assert read.demo_password is None
    assert read.database_url is not None
    assert read.database_url.get_secret_value() == "postgresql+psycopg://u:p@127.0.0.1:1/baodan"


def test_tokens_are_new_for_each_run_unless_set() -> None:
    assert Tokens.of(Settings()) != Tokens.of(Settings())
    assert Tokens.of(Settings(rasa_token="fixed")).rasa == "fixed"  # type: ignore[arg-type]
