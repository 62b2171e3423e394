"""The Sanic application of one Rasa process: the channels of credentials.yml around one loaded model."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import yaml
from rasa.core.channels.channel import InputChannel, register
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.common import class_from_module_path
from sanic import Sanic

from bot.endpoint import TurnActions
from bot.turns import TurnRunner

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 2_000_000


def application(root: Path, runner: TurnRunner) -> Sanic:
    """The app with every channel named in `root`/credentials.yml."""
    app = Sanic("baodan_rasa", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.RESPONSE_TIMEOUT = 120
    app.config.FALLBACK_ERROR_FORMAT = "json"
    register(_channels(root), app, route="/webhooks/")

    @app.before_server_start
    async def warm_up(app: Sanic, loop: Any) -> None:
        await runner.warm_up()
        app.ctx.runner = runner

    @app.after_server_stop
    async def close(app: Sanic, loop: Any) -> None:
        await runner.actions.close()

    return app


def serve(model: Path, host: str, port: int, root: Path, began: float) -> None:
    """Serves until a signal; `began` is the `time.monotonic()` of the process start, for the ready line."""
    runner = TurnRunner(str(model), action_endpoint(root))
    app = application(root, runner)

    @app.after_server_start
    async def announce(app: Sanic, loop: Any) -> None:
        print(f"rasa ready on {host}:{port} after {time.monotonic() - began:.1f} s", flush=True)

    app.run(host=host, port=port, workers=1, access_log=False, debug=False, motd=False)


def action_endpoint(root: Path) -> TurnActions:
    """The endpoint of `root`/endpoints.yml: its token is in the environment, its address in each turn."""
    settings = _yaml(root / "endpoints.yml")["action_endpoint"]
    variable = settings["token_variable"]
    token = os.environ.get(variable, "")
    if not token:
        raise RasaException(
            f"the environment variable {variable} must hold the token that action calls carry"
        )
    return TurnActions(token, float(settings["timeout_seconds"]))


def _channels(root: Path) -> list[InputChannel]:
    return [
        class_from_module_path(path).from_credentials(given)
        for path, given in _yaml(root / "credentials.yml").items()
    ]


def _yaml(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
