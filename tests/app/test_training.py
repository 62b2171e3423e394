"""Training runs in the other environment, once at a time, and tells why it failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app import training
from app.errors import StartFailed
from app.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var_dir=tmp_path / "var", models_dir=tmp_path / "models")


@pytest.fixture
def rasa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script in the place of the other environment's Python; it gets `-m bot.train --out …`."""

    def put(script: str) -> None:
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\nset -e\n{script}\n")
        python.chmod(0o755)
        monkeypatch.setattr(training, "rasa_python", lambda: python)

    return put


async def test_gives_the_model_that_was_trained(settings: Settings, rasa: Callable[[str], None]) -> None:
    rasa('touch "$4/m.tar.gz"; echo chatter; echo "trained $4/m.tar.gz in 63 s"')
    said: list[str] = []
    model = await training.train(settings, said.append)
    assert model == settings.models_dir / "m.tar.gz"
    assert said == ["Model trained in 63 s."]


async def test_says_nothing_when_nothing_has_changed(settings: Settings, rasa: Callable[[str], None]) -> None:
    rasa('touch "$4/m.tar.gz"; echo "unchanged $4/m.tar.gz"')
    said: list[str] = []
    await training.train(settings, said.append)
    assert said == []


async def test_force_is_passed_on(settings: Settings, rasa: Callable[[str], None]) -> None:
    rasa(
        'for last; do :; done; [ "$last" = --force ]; touch "$4/m.tar.gz"; echo "trained $4/m.tar.gz in 1 s"'
    )
    assert await training.train(settings, print, force=True)
    with pytest.raises(StartFailed):
        await training.train(settings, print)


async def test_a_failed_training_shows_the_end_of_its_log(
    settings: Settings, rasa: Callable[[str], None]
) -> None:
    rasa('echo "intent ask_moon has no example" >&2; exit 1')
    with pytest.raises(StartFailed, match="intent ask_moon has no example"):
        await training.train(settings, print)


async def test_a_model_that_is_not_there_is_no_model(settings: Settings, rasa: Callable[[str], None]) -> None:
    rasa('echo "trained $4/nowhere.tar.gz in 1 s"')
    with pytest.raises(StartFailed, match=r"nowhere\.tar\.gz"):
        await training.train(settings, print)


async def test_two_do_not_train_at_once(settings: Settings, rasa: Callable[[str], None]) -> None:
    rasa(
        'if ! mkdir "$4/busy"; then echo two at once >&2; exit 1; fi; sleep 0.3; rmdir "$4/busy"; '
        'touch "$4/m.tar.gz"; echo "trained $4/m.tar.gz in 1 s"'
    )
    said: list[str] = []
    await asyncio.gather(training.train(settings, said.append), training.train(settings, said.append))
    assert "Another process is training; waiting for it ..." in said


async def test_ctrl_c_ends_it(settings: Settings, rasa: Callable[[str], None], tmp_path: Path) -> None:
    rasa(f'echo $$ > "{tmp_path}/pid"; exec sleep 60')
    running = asyncio.create_task(training.train(settings, print))
    async with asyncio.timeout(10):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))
