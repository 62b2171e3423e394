"""A whole installation in small: the real supervisor and PostgreSQL, with stand-ins for Rasa and the server.

`python tests/app/fakes.py VAR_DIR PORTS…` runs it, so that tests can kill it like a real one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

from app.child import Patience, Spec
from app.environment import Tokens, for_rasa, for_server
from app.health import serves
from app.settings import Settings
from app.supervisor import Parts, Supervisor

QUICK = Patience(first_pause=0.05, longest_pause=0.2, ready_interval=0.02, watch_interval=0.2)
LISTENER = """
import http.server, sys
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")
"""


def settings_of(var_dir: Path, ports: list[int]) -> Settings:
    names = ("public_port", "staff_port", "private_port", "rasa_port", "postgres_port")
    return Settings(var_dir=var_dir, **dict(zip(names, ports, strict=True)))


def parts(settings: Settings) -> Parts:
    """Web servers that answer 200 stand for Rasa and the server."""
    tokens = Tokens(rasa="rasa", actions="actions")

    def spec(name: str, port: int, env: dict[str, str]) -> Spec:
        return Spec(
            name=name,
            command=[sys.executable, "-c", LISTENER, str(port)],
            log=settings.logs_dir / f"{name}.log",
            ready=partial(serves, f"http://127.0.0.1:{port}/"),
            ready_seconds=20,
            env=env,
            cwd=settings.var_dir,
        )

    async def train() -> Path:
        return settings.models_dir / "model"

    async def prepare(url: str) -> None:
        print(f"database {url}", flush=True)

    return Parts(
        train=train,
        prepare=prepare,
        rasa=lambda model: [spec("rasa", settings.rasa_port, for_rasa(settings, tokens))],
        server=lambda url: spec("server", settings.private_port, for_server(settings, tokens, url)),
    )


async def main() -> None:
    settings = settings_of(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]])
    say = partial(print, flush=True)
    supervisor = Supervisor(settings, parts(settings), "all up", say, QUICK)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, supervisor.stop)
    await supervisor.run()
    print("stopped", os.getpid(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
