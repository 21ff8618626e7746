"""A folder that misbehaves: a full disk, and a writer that is killed, leave whole objects only."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.errors import FixTheRun
from tasks.storage.folder import FolderStore

ON_A_SMALL_DISK = """
import os, sys
from tasks.errors import FixTheRun
from tasks.storage.folder import FolderStore
store = FolderStore(sys.argv[1])
store.write("kept", b"k" * 400_000)
for put in (store.write, store.create):
    try:
        put("deep/big", b"x" * 900_000)
    except FixTheRun as error:
        assert str(error).startswith(f"no space left at {sys.argv[1]}/deep/big: make room, "), error
    else:
        raise SystemExit("a full disk was not noticed")
    assert [i.key for i in store.list("")] == ["kept"], list(store.list(""))
    assert os.listdir(sys.argv[1] + "/deep") == []
try:
    store.write("kept", b"y" * 900_000)
except FixTheRun:
    pass
assert store.read("kept") == b"k" * 400_000
store.delete("kept")
store.write("deep/big", b"x" * 900_000)
assert store.read("deep/big") == b"x" * 900_000
print("ok")
"""


def test_a_full_disk(tmp_path):
    if not shutil.which("unshare"):
        pytest.skip("unshare is not installed")
    mount = f'mount -t tmpfs -o size=1m none "{tmp_path}" || exit 77; exec "$0" -c "$1" "{tmp_path}"'
    run = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, sys.executable, ON_A_SMALL_DISK]
    done = subprocess.run(run, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[3], timeout=60)
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "no space left at .*: make room, and start the same command again"),
        (errno.EDQUOT, "the quota is used up at .*: make room"),
        (errno.EROFS, "Read-only"),
    ],
)
def test_a_full_disk_by_monkeypatch(tmp_path, monkeypatch, number, says):
    store = FolderStore(str(tmp_path))
    store.write("a", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        for put in (store.write, store.create):
            with pytest.raises(FixTheRun, match=says):
                put("a", b"new")
    assert os.listdir(tmp_path) == ["a"]
    assert store.read("a") == b"old"
    store.write("a", b"new")
    assert store.read("a") == b"new"


WRITER = """
import sys
from itertools import count, cycle
from tasks.storage.folder import FolderStore
store = FolderStore(sys.argv[1])
for number in count():
    store.write(f"deep/{number % 5}", bytes([65 + number % 26]) * 300_000)
    if not number:
        print("started", flush=True)
"""


def test_a_killed_writer_leaves_only_whole_objects(tmp_path):
    store = FolderStore(str(tmp_path))
    draw = random.Random(11)
    for _ in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE
        )
        assert writer.stdout.readline() == b"started\n"
        time.sleep(draw.uniform(0.0, 0.03))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        for info in store.list(""):
            data = store.read(info.key)
            assert data == data[:1] * 300_000
    store.write("deep/0", b"later writes work")
    assert store.read("deep/0") == b"later writes work"
