"""What the supervisor starts in a real installation: training, Rasa and the server."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from app import environment, schema, training
from app.child import Say, Spec
from app.environment import Tokens
from app.health import serves
from app.settings import ROOT, Settings
from app.supervisor import Parts


def real_parts(settings: Settings, say: Say) -> Parts:
    """The parts of a real installation; the tokens between them are drawn here."""
    tokens = Tokens.of(settings)
    return Parts(
        train=partial(training.train, settings, say, env=environment.without_secrets(settings)),
        prepare=partial(schema.bring_up_to_date, settings=settings, say=say),
        rasa=partial(_rasa, settings, tokens),
        server=partial(_server, settings, tokens),
    )


def _rasa(settings: Settings, tokens: Tokens, model: Path) -> list[Spec]:
    python = str(training.rasa_python())
    specs = []
    for number, port in enumerate(settings.rasa_ports, start=1):
        name = f"rasa-{number}" if settings.rasa_count > 1 else "rasa"
        specs.append(
            Spec(
                name=name,
                command=[python, "-m", "bot.run", "--model", str(model), "--port", str(port)],
                log=settings.logs_dir / f"{name}.log",
                ready=partial(serves, f"http://127.0.0.1:{port}/webhooks/turn/health"),
                ready_seconds=180,
                env=environment.for_rasa(settings, tokens),
                cwd=ROOT,
            )
        )
    return specs


def _server(settings: Settings, tokens: Tokens, database_url: str) -> Spec:
    return Spec(
        name="server",
        command=[sys.executable, "-m", "app", "serve"],
        log=settings.logs_dir / "server.log",
        ready=partial(serves, f"{settings.actions_url}/health"),
        ready_seconds=180,
        env=environment.for_server(settings, tokens, database_url),
        cwd=ROOT,
        stop_seconds=20,
    )
