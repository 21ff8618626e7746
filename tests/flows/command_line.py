"""Archives to press, and the command as a person runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.archives import gzip_members, pages, warcinfo

PRESSRUN = str(Path(sys.executable).with_name("pressrun"))
SENTENCES = "The ferry company and the harbour board could not agree on the fare for the winter, the board said on Monday. "


def article_page(number: int, paragraphs: int = 6) -> bytes:
    """A small news page, unlike all the others."""
    body = "".join(f"<p>{SENTENCES} It is note {number}, paragraph {line}.</p>" for line in range(paragraphs))
    return f"<html><head><title>Fares, note {number}</title></head><body><article>{body}</article></body></html>".encode()


def write_archive(path: Path, count: int, first: int = 0) -> Path:
    """An archive of so many article pages, numbered from ``first``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip_members([warcinfo(), *pages(count, [article_page(first + number) for number in range(count)])]))
    return path


def run(*arguments: object, timeout: float = 240, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    command = [PRESSRUN, *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env={**os.environ, **environ}, check=False)


def run_until(ready: Callable[[], bool], stop: signal.Signals, *arguments: object) -> tuple[int, str, float]:
    """Start the command, stop it when ``ready``; its exit code, its output, and the seconds that it took to end."""
    command = [PRESSRUN, *(str(argument) for argument in arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    deadline = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stopped = time.monotonic()
    os.killpg(process.pid, stop)  # as a terminal does it: everybody in the group
    output, _ = process.communicate(timeout=60)
    return process.returncode, output, time.monotonic() - stopped


def objects(root: Path) -> dict[str, bytes]:
    """Articles and rejections on a folder store."""
    found = [path for kind in ("articles", "rejections") for path in (root / kind).rglob("*.parquet")]
    return {str(path.relative_to(root)): path.read_bytes() for path in found}
