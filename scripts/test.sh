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
whole tests --ignore=tests/bot --ignore=tests/conversations --ignore=tests/e2e -m "not slow" -n logical
# These kill processes and wait for deadlines of their own: one at a time.
whole tests --ignore=tests/bot --ignore=tests/conversations -m "(slow or rasa) and not browser"
whole tests/conversations -n logical --dist loadfile  # a whole product for each channel
whole tests/e2e -m browser
