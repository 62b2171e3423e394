"""Who is compared, and what of a published pipeline could not be had."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PIPELINES = Path(__file__).parent / "pipelines"


@dataclass(frozen=True)
class Contestant:
    """A pipeline: `environment` is the folder of its Python, `config` its Rasa configuration.

    Without a `config` it is the project's own, as `baodan train` would have it; `plain` needs no Rasa at all.
    """

    key: str
    title: str
    environment: str = ".venv-bench"
    config: Path | None = None
    plain: bool = False
    note: str = ""


CONTESTANTS = (
    Contestant("ours", "Baodan", environment=".venv-rasa"),
    Contestant(
        "stock",
        "Rasa, stock configuration: jieba, DIET",
        config=PIPELINES / "stock.yml",
        note="ResponseSelector left out: there are no retrieval intents to train it on.",
    ),
    Contestant(
        "tfidf",
        "TF-IDF of characters, logistic regression",
        environment=".venv-rasa",
        plain=True,
        note="Finds no entities. Called directly, without Rasa.",
    ),
    Contestant(
        "insurance-demo",
        "RasaHQ/insurance-demo: white space, DIET",
        config=PIPELINES / "insurance_demo.yml",
        note="Duckling (a server of its own) and ResponseSelector left out.",
    ),
    Contestant(
        "chinese-book",
        "rasa_chinese_book_code: jieba, language model, DIET",
        config=PIPELINES / "chinese_book.yml",
        note="bert-base-chinese comes from a hub: our sentence embeddings and characters stand for it.",
    ),
)
