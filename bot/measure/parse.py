"""`python -m bot.measure.parse --model MODEL < lines.txt`: one JSON object per input line, in order."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot.logs import quiet
from bot.tensorflow_absent import install

RANKED = 3


def answer(parsed: dict[str, Any]) -> dict[str, Any]:
    """What is printed of a parse; a line of nothing but white space has no intent."""
    text, ranking = parsed["text"], parsed.get("intent_ranking", [])
    return {
        "text": text,
        "intent": ranking[0]["name"] if ranking else None,
        "confidence": ranking[0]["confidence"] if ranking else 0.0,
        "ranking": ranking[:RANKED],
        "entities": [
            {
                "entity": entity["entity"],
                "text": text[entity["start"] : entity["end"]],
                "start": entity["start"],
                "end": entity["end"],
                "value": entity["value"],
            }
            for entity in parsed["entities"]
        ],
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.measure.parse", description="Parses lines.")
    parser.add_argument("--model", type=Path, required=True, help="a trained model")
    options = parser.parse_args(arguments)
    install()
    quiet("ERROR")
    from bot.nlu.pipeline import Pipeline

    with Pipeline.loaded(options.model) as pipeline:
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            print(json.dumps(answer(pipeline.parse(text)), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
