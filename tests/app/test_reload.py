"""Changed texts are served without a restart; a broken file is refused and the old texts stay."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from actions.turn import Context
from app import reload
from gateway.services import Services
from knowledge.contents import Contents

ROOT = Path(__file__).resolve().parents[2]


def _read(root: Path) -> Context:
    """The texts alone: the index over them is what `Context.load` adds, and what takes time."""
    return cast(Context, Contents.load(root / "knowledge"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in reload.FOLDERS:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
    return tmp_path


@pytest.fixture
def services(copy: Path) -> Services:
    return cast(Services, SimpleNamespace(context=_read(copy)))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _waiting(services: Services) -> str:
    section = cast(Contents, services.context).library.find("AXZJ.waiting")
    assert section is not None
    return section.short


async def test_a_changed_text_is_served(copy: Path, services: Services) -> None:
    watching = asyncio.create_task(reload.run_forever(services, copy, seconds=0.05, load=_read))
    await asyncio.sleep(0.1)
    _edit(copy / "knowledge/products/AXZJ.md", "90天，从合同生效次日起算；", "九十天，从合同生效次日起算；")
    for _ in range(200):
        if _waiting(services).startswith("九十天"):
            break
        await asyncio.sleep(0.05)
    watching.cancel()
    assert _waiting(services).startswith("九十天")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("products/AXZJ.md", "## 3.2 等待期 {#waiting}", "## 等待期", "AXZJ.md:"),
        ("glossary.yml", "terms:", "terms: [", "glossary.yml:"),
        ("topics.yml", "intents:", "intents: {", "topics.yml:"),
    ],
)
async def test_a_broken_file_is_refused_by_name_and_line(
    copy: Path, services: Services, caplog: pytest.LogCaptureFixture, file: str, old: str, new: str, said: str
) -> None:
    before = services.context
    _edit(copy / "knowledge" / file, old, new)
    with caplog.at_level(logging.ERROR):
        assert not await reload.take_up(services, copy, _read)
    assert services.context is before
    assert said in caplog.text
    assert "refused" in caplog.text
