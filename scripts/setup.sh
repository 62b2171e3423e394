#!/bin/sh
# Makes .venv (Python 3.11 or newer) and .venv-rasa (Python 3.10) from the lock files, and when told "bench-nlu"
# also .venv-bench, Python 3.10 with TensorFlow.
# An environment whose lock has not changed is left alone: the copy `.lock` inside it is the stamp.
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

is_at_least_311() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

is_310() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

find_python311() {
    for python in "${BAODAN_PYTHON:-}" python3 python3.12 python3.11 python3.13 python3.14; do
        if [ -n "$python" ] && is_at_least_311 "$python"; then echo "$python"; return; fi
    done
    say "Baodan needs Python 3.11 or newer with the venv module. Install it, or set BAODAN_PYTHON to its path."
    return 1
}

find_python310() {
    for python in "${BAODAN_PYTHON310:-}" python3.10; do
        if [ -n "$python" ] && is_310 "$python"; then command -v "$python"; return; fi
    done
    if command -v pyenv >/dev/null 2>&1; then
        for python in $(ls -d "$(pyenv root)"/versions/3.10*/bin/python 2>/dev/null | sort -rV); do
            if is_310 "$python"; then echo "$python"; return; fi
        done
    fi
    say "No Python 3.10 found, asking uv for one ..."
    if .venv/bin/uv python install --quiet 3.10 && python=$(.venv/bin/uv python find --managed-python 3.10); then
        echo "$python"; return
    fi
    say "Rasa 3.6 needs Python 3.10. Install it, or set BAODAN_PYTHON310 to its path."
    return 1
}

# A stamp is the lock that was installed; it is written last, so that a broken run is done again.
fresh() { cmp -s "requirements/$1.txt" "$2/.lock"; }

if ! fresh baodan .venv; then
    say "Setting up .venv ..."
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$(find_python311)
        "$python" -m venv --clear .venv
    fi
    if ! cmp -s requirements/uv.txt .venv/.lock-uv; then
        .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
        .venv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
        cp requirements/uv.txt .venv/.lock-uv
    fi
    .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python requirements/baodan.txt
    .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --offline --python .venv/bin/python --editable .
    cp requirements/baodan.txt .venv/.lock
fi

# A Python 3.10 environment: $1 is the name of its lock, $2 its folder.
with_python310() {
    if fresh "$1" "$2"; then return; fi
    say "Setting up $2 ..."
    if ! is_310 "$2/bin/python"; then
        python=$(find_python310)
        .venv/bin/uv venv --quiet --clear --python "$python" "$2"
    fi
    .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python "$2/bin/python" "requirements/$1.txt"
    cp "requirements/$1.txt" "$2/.lock"
}

with_python310 rasa .venv-rasa
if [ "${1:-}" = bench-nlu ]; then with_python310 bench-nlu .venv-bench; fi
