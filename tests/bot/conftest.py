"""A trained fixture model, one Rasa process around it, and a small server that plays its actions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.tensorflow_absent import install

install()

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = Path(__file__).parent / "fixture"
TOKENS = {"RASA_TOKEN": "gateway-secret", "ACTIONS_TOKEN": "actions-secret"}


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of the fixture project."""
    folder = tmp_path_factory.mktemp("model")
    command = [
        sys.executable,
        "-m",
        "bot.train",
        "--root",
        FIXTURE,
        "--out",
        folder,
        "--work",
        folder / "work",
    ]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.split()[1])


@dataclass
class Actions:
    """Plays the actions of the fixture; `drafts` counts forms begun, `calls` keeps what Rasa posted."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def run(self, call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name = call["next_action"]
        self.calls.append(call)
        if name in self.broken:
            return 500, {"error": "broken"}
        events, texts = getattr(self, name)(call["tracker"])
        responses = [text if isinstance(text, dict) else {"text": text} for text in texts]
        return 200, {"events": events, "responses": responses}

    def action_answer(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        product = tracker["slots"]["product"] or "哪个产品"
        buttons = [{"title": "改手机号", "payload": "/change_contact"}]
        citations = [{"title": product, "clause": "3.2", "version": "2026"}]
        return [], [{"text": f"{product}：90天", "buttons": buttons, "custom": {"citations": citations}}]

    def action_affirmed(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        return [], ["好的"]

    def action_break(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        return [], ["这一句说了不算"]

    def action_default_fallback(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        return [], ["没听明白"]

    def action_start_service(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        return [_slot("service_draft", "draft-1")], []

    def action_submit_service(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        return [_slot("service_draft", None)], ["办好了"]

    def validate_service_form(self, tracker: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        names = [event["name"] for event in tracker["events"] if event["event"] == "action"]
        if names[-2] != "action_listen":
            asking = [_slot("service_answer", None), _slot("requested_slot", "service_answer")]
            return asking, ["新号码是多少？"]
        answer = tracker["slots"]["service_answer"] or ""
        if answer.isdigit():
            return [_slot("service_answer", None), _slot("requested_slot", None)], [f"记下了{answer[-4:]}"]
        rejected = {"event": "action_execution_rejected", "name": "service_form"}
        return [_slot("service_answer", None), rejected], []


def _slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


@pytest.fixture(scope="session")
def action_server() -> Iterator[Actions]:
    actions = Actions()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            actions.paths.append(self.path)
            actions.headers.append(self.headers.get("Authorization", ""))
            status, answer = actions.run(body)
            payload = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    actions.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield actions
    server.shutdown()


@pytest.fixture
def actions(action_server: Actions) -> Actions:
    """The action server, with nothing called and nothing broken yet."""
    for seen in (action_server.calls, action_server.headers, action_server.paths, action_server.broken):
        seen.clear()
    return action_server


@dataclass
class Rasa:
    """A running Rasa process; `post` answers status and body."""

    url: str
    actions_url: str
    ready_seconds: float

    def post(self, body: dict[str, Any], token: str = TOKENS["RASA_TOKEN"]) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"{self.url}/webhooks/turn/turn",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def turn(self, text: str, state: Any = None, turn: str = "turn-1") -> tuple[int, dict[str, Any]]:
        return self.post(self.body(state=state, turn=turn, text=text))

    def choose(self, intent: str, state: Any = None, **entities: str) -> tuple[int, dict[str, Any]]:
        given = [{"entity": name, "value": value} for name, value in entities.items()]
        return self.post(self.body(state=state, turn="turn-1", intent={"name": intent, "entities": given}))

    def body(self, turn: str, **given: Any) -> dict[str, Any]:
        empty = {
            "conversation": "conversation-1",
            "state": None,
            "text": None,
            "intent": None,
            "metadata": {},
        }
        return {**empty, "turn": turn, "actions_url": f"{self.actions_url}/turns/{turn}/action", **given}


@pytest.fixture(scope="session")
def rasa(
    model: Path,
    action_server: Actions,
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Rasa]:
    log = tmp_path_factory.mktemp("rasa") / "rasa.log"
    with running(model, action_server.url, free_port(), log) as process:
        yield process


@contextmanager
def running(model: Path, actions_url: str, port: int, log: Path) -> Iterator[Rasa]:
    """A Rasa process with this model, ready for turns; ended on leaving."""
    command = [sys.executable, "-m", "bot.run", "--model", str(model), "--port", str(port)]
    began = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **TOKENS}, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        while not _ready(url):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() - began < 240, log.read_text()
            time.sleep(0.1)
        yield Rasa(url, actions_url, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(10)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/webhooks/turn/health", timeout=2) as answer:
            return bool(json.load(answer)["ready"])
    except OSError:
        return False
