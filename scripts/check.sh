#!/bin/sh
# Everything that can be told without Rasa and PostgreSQL: format, lint, types, imports, data and, unless told "static",
# unit tests.
set -u
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=  # the tests start many processes; compiled modules halve what each takes
failed=""

step() {
    name=$1; shift
    began=$(date +%s)
    if output=$("$@" 2>&1); then
        printf '%-10s ok %4s s\n' "$name" "$(($(date +%s) - began))"
    else
        printf '%s\n%-10s FAILED (%s)\n' "$output" "$name" "$*"
        failed="$failed $name"
    fi
}

step format .venv/bin/ruff format --check --quiet .
step lint .venv/bin/ruff check --quiet .
step types .venv/bin/mypy
step imports .venv/bin/lint-imports --no-logo
step data .venv-rasa/bin/python -m bot.lint
step knowledge .venv/bin/baodan knowledge check

if [ "${1:-}" != static ]; then
    .venv/bin/pytest --quiet -n logical -m "not slow and not database" \
        --ignore=tests/bot --ignore=tests/conversations --ignore=tests/e2e || failed="$failed tests"
fi

[ -z "$failed" ] || { echo "Failed:$failed" >&2; exit 1; }
