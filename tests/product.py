"""The whole product as a customer meets it: `baodan run` in its own folder, with real Rasa and database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 600
"""Long, since the first start of a clean clone trains the model."""
PORTS = ("public", "staff", "private", "rasa", "postgres")


class Product:
    """One running installation; `kill("rasa")` and the like do what a crash would."""

    def __init__(self, folder: Path, free_port: Callable[[], int], **settings: str) -> None:
        self.var_dir = folder / "var"
        self.output = folder / "output.txt"
        self.ports = {name: free_port() for name in PORTS}
        self.password = "demo-password"
        ports = {f"BAODAN_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BAODAN_")}
        self._env = {
            **kept,
            **ports,
            "BAODAN_VAR_DIR": str(self.var_dir),
            "DEMO_PASSWORD": self.password,
            **settings,
        }
        self._supervisor: subprocess.Popen[bytes] | None = None

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['public']}"

    @property
    def staff_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['staff']}"

    def start(self) -> None:
        """Returns when everything works; fails the test with what was said otherwise."""
        with open(self.output, "wb") as output:
            self._supervisor = subprocess.Popen(
                [ROOT / ".venv" / "bin" / "baodan", "run"], env=self._env, stdout=output, stderr=output
            )
        deadline = time.monotonic() + START_SECONDS
        while "Baodan runs" not in self.said():
            if self._supervisor.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Baodan did not start:\n{self.said()}")
            time.sleep(0.1)

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        if self._supervisor is None:
            return 0
        self._supervisor.send_signal(signal.SIGINT)
        return self._supervisor.wait(timeout=60)

    def kill(self, part: str) -> None:
        """SIGKILL to the process that listens on the port of `part`; the supervisor starts it again."""
        self.process(part).kill()

    def process(self, part: str) -> psutil.Process:
        """The process that listens on the port of `part`: public, staff, private, rasa or postgres."""
        for process in psutil.process_iter():
            try:
                connections = process.net_connections("tcp")
            except (psutil.Error, OSError):
                continue
            if any(c.status == "LISTEN" and c.laddr.port == self.ports[part] for c in connections):
                return process
        raise ProcessLookupError(f"nobody listens on the {part} port {self.ports[part]}")

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def log(self, name: str) -> str:
        """What a child wrote: server, rasa or postgres."""
        return (self.var_dir / "log" / f"{name}.log").read_text(errors="replace")


def chromium() -> str:
    """The browser for the browser tests; the test fails when there is none."""
    for name in (os.environ.get("BAODAN_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.fail("No Chromium found. Install it (Debian: chromium), or set BAODAN_CHROMIUM to its path.")
