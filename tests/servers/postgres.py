"""A real PostgreSQL in processes of its own, where Debian's package (or another) is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

USER = "postgres"


def binaries() -> Path | None:
    """Where initdb lies: on the path, or where Debian puts it."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return max((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)


class PostgresServer:
    """``with PostgresServer() as server``: answers when entered; ``url`` is what Prefect is told."""

    def __init__(self) -> None:
        # Not in a test's own folder: another user has to get there.
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="pressrun-postgres-")), 0

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{USER}@127.0.0.1:{self.port}/postgres"

    def _run(self, *command: str) -> None:
        # It refuses to run as root.
        user = {"user": USER} if os.geteuid() == 0 else {}
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=60, **user)  # type: ignore[call-overload]

    def __enter__(self) -> "PostgresServer":
        tools = binaries()
        assert tools is not None, "PostgreSQL is not installed"
        self.pg_ctl = str(tools / "pg_ctl")
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run(str(tools / "initdb"), "-D", str(self.folder / "db"), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c max_connections=200"
        self._run(self.pg_ctl, "-D", str(self.folder / "db"), "-l", str(self.folder / "log"), "-o", options, "-w", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self.pg_ctl, "-D", str(self.folder / "db"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)
