"""Secrets nobody set are drawn once, kept to the owner, and never lost half-written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app import keys
from app.errors import AppError
from app.settings import Settings


def test_drawn_once_and_only_for_the_owner(tmp_path: Path) -> None:
    first = keys.load(tmp_path / "var")
    assert keys.load(tmp_path / "var") == first
    assert stat.S_IMODE((tmp_path / "var" / "secrets.json").stat().st_mode) == 0o600


def test_every_installation_has_its_own(tmp_path: Path) -> None:
    one, other = keys.load(tmp_path / "one"), keys.load(tmp_path / "other")
    assert one.postgres_password != other.postgres_password
    assert one.site_secret != other.site_secret
    assert one.demo_password != other.demo_password


def test_a_setting_wins(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, site_secret="mine", demo_password="ours")  # type: ignore[arg-type]
    assert keys.site_secret(settings) == "mine"
    assert keys.demo_password(settings) == "ours"
    assert not (tmp_path / "secrets.json").exists()


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"postgres_pass')
    with pytest.raises(AppError, match="damaged"):
        keys.load(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == '{"postgres_pass'


def test_does_not_print(tmp_path: Path) -> None:
    secrets = keys.load(tmp_path)
    assert secrets.postgres_password not in repr(secrets)
