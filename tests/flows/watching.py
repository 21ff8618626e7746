"""What processes do that nobody prints: their command lines, the addresses they call, listen at, or ask for by name."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path

HOOK = """
import os, socket, sys
seen = open(os.path.join(os.environ["WATCHED_INTO"], str(os.getpid())), "a", buffering=1)
print("cmdline", " ".join(sys.orig_argv).replace("\\n", " "), file=seen)
names = {"socket.getaddrinfo", "socket.gethostbyname"}
def hear(event, arguments):
    if event in names:
        host = arguments[0]
        print(event, host.decode() if isinstance(host, bytes) else host, file=seen)
    # Datagrams that are connected and never sent are how Dask learns its own address.
    elif event in {"socket.connect", "socket.bind"} and arguments[0].type & 15 == socket.SOCK_STREAM:
        if arguments[0].family in {socket.AF_INET, socket.AF_INET6}:
            print(event, arguments[1][0] or "0.0.0.0", file=seen)
sys.addaudithook(hear)
"""


class Watch:
    """``environ`` makes every Python process that gets it write down what it does, from its first moment on."""

    def __init__(self, folder: Path) -> None:
        self.seen, hook = folder / "seen", folder / "hook"
        for each in (self.seen, hook):
            each.mkdir(parents=True)
        (hook / "sitecustomize.py").write_text(HOOK)
        self.environ = {"PYTHONPATH": str(hook), "WATCHED_INTO": str(self.seen)}

    @property
    def text(self) -> str:
        """All that was written down."""
        return "".join(path.read_text() for path in self.seen.iterdir())

    def outside(self) -> Iterator[str]:
        """What was called, listened at or looked up beyond this machine's loopback interface."""
        for line in set(self.text.splitlines()):
            what, _, where = line.partition(" ")
            if what != "cmdline" and not _is_here(where):
                yield line

    def did(self, what: str) -> set[str]:
        """The addresses with which something was done, e.g. ``socket.bind``."""
        return {line.partition(" ")[2] for line in self.text.splitlines() if line.startswith(f"{what} ")}


def _is_here(where: str) -> bool:
    if where in {"localhost", "None", "", socket.gethostname(), os.uname().nodename}:
        return True
    try:
        return ipaddress.ip_address(where).is_loopback
    except ValueError:
        return False
