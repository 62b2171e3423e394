#!/bin/sh
# All tests: browser code, the Rasa side in its own environment, then everything else against the whole product.
set -eu
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=  # the tests start many processes; compiled modules halve what each takes

.venv/bin/python scripts/build_web.py npm check
.venv/bin/python scripts/build_web.py npm test
# Warnings of Rasa and its old libraries are not ours to mend.
.venv-rasa/bin/python -m pytest --quiet tests/bot -o filterwarnings=ignore
.venv/bin/python -m pytest tests --ignore=tests/bot -m "not browser"
# A browser on a busy machine may miss a deadline of its own: what failed is tried once more, alone, and stays listed above.
.venv/bin/python -m pytest tests/e2e -m browser || .venv/bin/python -m pytest tests/e2e -m browser --last-failed
