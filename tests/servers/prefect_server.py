"""A real Prefect server in a process of its own, with a home of its own."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from flows.server import server_command, server_environ


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class PrefectServer:
    """``with PrefectServer(folder) as server``: healthy when entered; ``environ`` points runs at it."""

    def __init__(self, folder: Path, database: str = "") -> None:
        """``database``: the URL of a PostgreSQL; empty: SQLite in the folder."""
        self.folder, self.database = folder, database
        self.port = 0

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environ(self) -> dict[str, str]:
        return {"PREFECT_API_URL": self.api, "PREFECT_HOME": str(self.folder), "DO_NOT_TRACK": "1"}

    def __enter__(self) -> "PrefectServer":
        # Between the choice of a port and its use somebody else may take it.
        for _ in range(5):
            self.port = free_port()
            self.start()
            if self._answers(180):
                return self
        raise RuntimeError((self.folder / "server.log").read_text()[-3000:])

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        settings = {**server_environ("127.0.0.1", self.port), "PREFECT_HOME": str(self.folder)}
        if self.database:
            settings["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = self.database
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                server_command("127.0.0.1", self.port), env={**clean, **settings}, stdout=log, stderr=log
            )

    def _answers(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._healthy():
                return True
            time.sleep(0.3)
        return False

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
