"""A real SSH server on the loopback interface, which runs what it is asked to, for one key."""

import asyncio
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh


class SshServer:
    """``with SshServer(folder) as server``: ``client_options`` are those of asyncssh.connect."""

    def __init__(self, folder: Path) -> None:
        self.client_key = folder / "id_ed25519"
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(self.client_key))
        key.write_public_key(str(folder / "authorized_keys"))
        self.authorized = folder / "authorized_keys"
        self.known_hosts = folder / "known_hosts"
        self.commands: list[str] = []
        self.started: list[asyncio.subprocess.Process] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    @property
    def client_options(self) -> dict[str, Any]:
        return {
            "port": self.port,
            "username": "nobody",
            "client_keys": [str(self.client_key)],
            "known_hosts": str(self.known_hosts),
        }

    def __enter__(self) -> "SshServer":
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(30)
        return self

    async def _listen(self) -> None:
        self.server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self.host_key],
            authorized_client_keys=str(self.authorized),
            process_factory=self._run,
            encoding=None,
        )
        self.port = self.server.get_port()
        public = self.host_key.export_public_key().decode()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}")

    async def _run(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        self.commands.append(process.command or "")
        pipe = asyncio.subprocess.PIPE
        started = await asyncio.create_subprocess_shell(
            process.command or "", stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
        )
        self.started.append(started)
        await process.redirect(stdout=started.stdout, stderr=started.stderr)
        await asyncio.wait(
            [asyncio.ensure_future(process.channel.wait_closed()), asyncio.ensure_future(started.wait())],
            return_when=asyncio.FIRST_COMPLETED,
        )
        await self._end(started)
        process.exit(0)

    @staticmethod
    async def _end(started: asyncio.subprocess.Process) -> None:
        # The whole session: a shell hands no signal on.
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        await started.wait()

    async def _close(self) -> None:
        self.server.close()
        for started in self.started:
            await self._end(started)
        await self.server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(others, timeout=5) if others else None

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
