#!/bin/sh
# Writes the lock files anew from requirements/*.in: pinned versions with hashes, no addresses.
# Arguments go to `uv pip compile`, for example --upgrade or --upgrade-package aiohttp.
set -eu
cd "$(dirname "$0")/../requirements"
uv=../.venv/bin/uv

compile() {
    "$uv" pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate "$@"
}

compile --python-version 3.11 baodan.in -o baodan.txt "$@"
compile --python-version 3.11 --constraint baodan.txt uv.in -o uv.txt "$@"
compile --python-version 3.10 --override numpy-override.txt --override rasa-overrides.txt rasa.in -o rasa.txt "$@"
compile --python-version 3.10 --override numpy-override.txt bench-nlu.in -o bench-nlu.txt "$@"
