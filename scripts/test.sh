#!/bin/sh
# All tests: browser code, the Rasa side in its own environment, then everything else against the whole product.
set -eu
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=  # the tests start many processes; compiled modules halve what each takes

.venv/bin/python scripts/build_web.py npm check
.venv/bin/python scripts/build_web.py npm test
# Warnings of Rasa and its old libraries are not ours to mend.
.venv-rasa/bin/python -m pytest --quiet tests/bot -o filterwarnings=ignore
# A browser, a killed process or a real Rasa on a busy machine may miss a deadline of its own: what failed is tried
# once more, alone, and stays listed above.
whole() { .venv/bin/python -m pytest "$@" || .venv/bin/python -m pytest "$@" --last-failed; }
whole tests --ignore=tests/bot -m "not browser"
whole tests/e2e -m browser
