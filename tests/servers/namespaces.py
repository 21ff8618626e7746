"""Hosts with addresses of their own: network namespaces on one switch where they are permitted, else addresses of loopback."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

CLONE_NEWUTS = 0x04000000
libc = ctypes.CDLL(None, use_errno=True)


class LoopbackHost:
    """An address and the processes that were started there; cut off, they all stand still."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.address = name, f"127.0.0.{number + 10}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def inside(self) -> AbstractContextManager[object]:
        """What this thread starts or connects to meanwhile is started, or seen, there."""
        return ExitStack()

    def start(self, command: list[str], log: Path, **environ: str) -> "subprocess.Popen[bytes]":
        """Start a process there."""
        with self.inside(), log.open("ab") as stream:
            process = subprocess.Popen(command, stdout=stream, stderr=stream, env={**os.environ, **environ})
        self.processes.append(process)
        return process

    def is_home_of(self, pid: int) -> bool:
        """Whether this process was started there, or by one that was."""
        with suppress(psutil.NoSuchProcess):
            line = [psutil.Process(pid), *psutil.Process(pid).parents()]
            return any(each.pid == process.pid for each in line for process in self.processes)
        return False

    def cut_off(self) -> None:
        """Nobody reaches it any more, nor it anybody."""
        self._signal(signal.SIGSTOP)

    def come_back(self) -> None:
        """The end of that."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End all that was started there."""
        self._signal(signal.SIGKILL)
        for process in self.processes:
            process.wait(20)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes:
            with suppress(psutil.NoSuchProcess):
                top = psutil.Process(process.pid)
                for each in [top, *top.children(recursive=True)]:
                    with suppress(psutil.NoSuchProcess):
                        each.send_signal(number)


class NamespaceHost(LoopbackHost):
    """A network namespace and a host name of its own; cut off, its cable is pulled."""

    def __init__(self, name: str, number: int, network: str) -> None:
        super().__init__(name, number)
        self.address, self.cable = f"10.77.0.{number + 10}", f"to-{number}"
        self.switch, self.namespace = f"{network}-switch", f"{network}-{number}"
        _ip("netns", "add", self.namespace)
        _ip("-n", self.switch, "link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        _ip("-n", self.switch, "link", "set", self.cable, "master", "switch", "up")
        _ip("-n", self.namespace, "address", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", self.namespace, "link", "set", device, "up")

    @contextmanager
    def inside(self):
        """This thread alone moves there and back; what it starts stays."""
        with ExitStack() as stack:
            for kind in ("net", "uts"):
                home = os.open(f"/proc/thread-self/ns/{kind}", os.O_RDONLY)
                stack.callback(os.close, home)
                stack.callback(_enter, home)
            with open(f"/run/netns/{self.namespace}", "rb") as there:  # noqa: PTH123
                _enter(there.fileno())
            _checked(libc.unshare(CLONE_NEWUTS))
            socket.sethostname(self.name)
            yield self

    def cut_off(self) -> None:
        _ip("-n", self.switch, "link", "set", self.cable, "down")

    def come_back(self) -> None:
        _ip("-n", self.switch, "link", "set", self.cable, "up")


class Network:
    """``with Network("scheduler", "store") as hosts``: a host a name; all that was started there ends with it."""

    def __init__(self, *names: str) -> None:
        self.names, self.prefix = names, f"pressrun-{os.getpid()}"
        self.hosts: list[LoopbackHost] = []
        self.has_namespaces = namespaces_are_permitted()

    def __enter__(self) -> list[LoopbackHost]:
        try:
            if self.has_namespaces:
                _sweep()
                self._lay_cables()
            for number, name in enumerate(self.names):
                self.hosts.append(NamespaceHost(name, number, self.prefix) if self.has_namespaces else LoopbackHost(name, number))
        except BaseException:
            self.__exit__()
            raise
        return self.hosts

    def _lay_cables(self) -> None:
        _ip("netns", "add", f"{self.prefix}-switch")
        _ip("-n", f"{self.prefix}-switch", "link", "add", "switch", "type", "bridge")
        _ip("-n", f"{self.prefix}-switch", "link", "set", "switch", "up")

    def __exit__(self, *_: object) -> None:
        for host in self.hosts:
            host.stop()
        for path in Path("/run/netns").glob(f"{self.prefix}-*"):
            _ip("netns", "delete", path.name)


def namespaces_are_permitted() -> bool:
    """Whether this user may make hosts here: root, with iproute2, in no container that forbids it."""
    if not shutil.which("ip") or os.geteuid() != 0:
        return False
    probe = f"pressrun-{os.getpid()}-probe"
    try:
        _ip("netns", "add", probe)
        _ip("-n", probe, "link", "add", "probe", "type", "bridge")
    except subprocess.CalledProcessError:
        return False
    finally:
        if Path("/run/netns", probe).exists():
            _ip("netns", "delete", probe)
    return True


def _sweep() -> None:
    """End what tests that were killed have left."""
    for path in Path("/run/netns").glob("pressrun-*"):
        if not psutil.pid_exists(int(path.name.split("-")[1])):
            for pid in _ip("netns", "pids", path.name).split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            _ip("netns", "delete", path.name)


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True, timeout=20).stdout


def _enter(descriptor: int) -> None:
    _checked(libc.setns(descriptor, 0))


def _checked(failed: int) -> None:
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
