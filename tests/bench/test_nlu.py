"""The comparison of pipelines: what two processes wrote becomes a row; every contestant can be started."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bench.nlu.contestants import CONTESTANTS, Contestant
from bench.nlu.table import Row, markdown

TRAINED = {"seconds": 61.6, "peak_mb": 900.2}
MEASURED: dict[str, Any] = {
    "milliseconds": [5.0, 1.0, 9.0],
    "split": {"cases": 3, "accuracy": 2 / 3, "macro_f1": 0.5, "entity_f1": None},
    "peak_mb": 400.0,
}


def test_a_row_holds_what_was_measured() -> None:
    row = Row.of("A", "left out: B", TRAINED, MEASURED)

    lines = markdown([row]).splitlines()

    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|")
    assert lines[2] == "| 1 A | 0.667 | 0.500 | – | 5.0 | 9.0 | 62 | 900 | 400 |"
    assert lines[-1] == "1: left out: B"


def test_real_questions_have_a_column_where_they_were_asked() -> None:
    plain = Row.of("A", "", TRAINED, MEASURED)
    asked = Row.of("B", "", TRAINED, {**MEASURED, "real": {"accuracy": 0.25}})

    table = markdown([plain, asked]).splitlines()

    assert "real accuracy" in table[0]
    assert " – | – | 5.0 " in table[2]
    assert " – | 0.250 | 5.0 " in table[3]


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda one: one.key)
def test_a_foreign_pipeline_runs_where_tensorflow_is(contestant: Contestant) -> None:
    components: list[str] = []
    if contestant.config is not None:
        config = yaml.safe_load(contestant.config.read_text(encoding="utf-8"))
        components = [component["name"] for component in config["pipeline"]]

    assert ("DIETClassifier" in components) == (contestant.environment == ".venv-bench")
