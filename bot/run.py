"""Starts one Rasa process: `python -m bot.run --model var/models/….tar.gz --port 5055 --host 127.0.0.1`.

Needs the environment variables RASA_TOKEN (who may send turns) and ACTIONS_TOKEN (sent along with action
calls). There is no HTTP API of Rasa beside the turn channel, no telemetry, no tracker store and no lock
store.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from bot.logs import quiet
from bot.tensorflow_absent import install

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Loads the model, warms it up and serves until SIGINT or SIGTERM; 2 when the start is impossible."""
    options = _options(arguments)
    began = time.monotonic()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    quiet(options.log_level)
    if not options.model.is_file():
        print(f"no model at {options.model}; train one first", file=sys.stderr)
        return 2
    install()
    from bot.server import serve

    serve(options.model, options.host, options.port, ROOT, began)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot.run", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--model", type=Path, required=True, help="model file written by bot.train")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5055, help="port to listen on")
    parser.add_argument("--log-level", default="WARNING", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
