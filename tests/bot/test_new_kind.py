"""A new kind of request takes one file and phrases: trained and run for real, it starts the form."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.bot.conftest import FIXTURE, ROOT, Actions, Rasa, running

KIND = {
    "kind": "adopt_pet",
    "intents": ["adopt_pet"],
    "fields": [{"key": "pet_name", "type": "name", "question": "它叫什么？"}],
}
PHRASES = [
    "我要领养一只猫",
    "领养小狗怎么登记",
    "给宠物登记领养",
    "想领养宠物",
    "领养一只兔子",
    "宠物领养登记",
]


@pytest.fixture(scope="module")
def grown(
    tmp_path_factory: pytest.TempPathFactory, action_server: Actions, free_port: Callable[[], int]
) -> Iterator[Rasa]:
    """Rasa trained on the fixture project with the new kind and its phrases."""
    folder = tmp_path_factory.mktemp("grown")
    project = folder / "project"
    shutil.copytree(FIXTURE, project)
    _write(project / "knowledge" / "services" / "adopt_pet.yml", KIND)
    examples = "\n".join(f"- {phrase}" for phrase in PHRASES)
    nlu = [{"intent": "adopt_pet", "examples": examples}]
    _write(project / "data" / "pets.yml", {"version": "3.1", "nlu": nlu})
    command = [
        sys.executable,
        "-m",
        "bot.train",
        "--root",
        project,
        "--out",
        folder,
        "--work",
        folder / "work",
    ]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with running(Path(done.stdout.split()[1]), action_server.url, free_port(), folder / "rasa.log") as rasa:
        yield rasa


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_words_for_it_start_the_form(grown: Rasa) -> None:
    status, said = grown.turn("我想领养一只小猫")
    assert status == 200, said
    assert said["intent"]["name"] == "adopt_pet"
    assert said["actions"][:2] == ["action_start_service", "service_form"]


def test_its_field_travels_with_a_button(grown: Rasa) -> None:
    status, said = grown.choose("adopt_pet", pet_name="咪咪")
    assert status == 200, said
    assert said["entities"][0]["value"] == "咪咪"
