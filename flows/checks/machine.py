"""This machine: Python, packages, cores, memory, disk, open files."""

import importlib.metadata
import os
import platform
import resource
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from flows.checks.findings import Check, Finding, fail, ok, warn

WORKER_BYTES = 5e8
WARN_DISK_BYTES, FAIL_DISK_BYTES = 2e9, 2e8
LEAST_OPEN_FILES = 1024
# Packages whose versions are told when all is well.
TOLD = ("prefect", "distributed", "s3fs", "trafilatura", "fastwarc", "pyarrow")


def machine_checks(root: str | None) -> list[Check]:
    """The checks of this machine; a ``root`` that is a folder has its disk looked at, too."""
    return [
        Check("machine", "python", _python),
        Check("machine", "packages", _packages),
        Check("machine", "size", _size),
        Check("machine", "disk", lambda: _disk(root)),
        Check("machine", "open files", _open_files),
    ]


def _python() -> Iterator[Finding]:
    bounds = importlib.metadata.metadata("pressrun")["Requires-Python"] or ""
    found = f"{platform.python_version()}, Pressrun {importlib.metadata.version('pressrun')}"
    if platform.python_version() in SpecifierSet(bounds, prereleases=True):
        yield ok(found)
    else:
        yield fail(found, f"Pressrun wants Python {bounds}")


def _packages() -> Iterator[Finding]:
    wrong = list(misfits(importlib.metadata.requires("pressrun") or []))
    yield from wrong
    if _version("urllib3-future"):
        yield fail(
            "urllib3-future is installed and takes the place of urllib3: S3 breaks",
            "pip uninstall urllib3-future && pip install --force-reinstall urllib3",
        )
    if not wrong:
        yield ok("within their bounds: " + ", ".join(f"{name} {_version(name)}" for name in TOLD))


def misfits(requirements: list[str]) -> Iterator[Finding]:
    """A finding for every requirement, as in a package's metadata, that is not met here; those of extras are left out."""
    for requirement in map(Requirement, requirements):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        version = _version(requirement.name)
        if not version or not requirement.specifier.contains(version, prereleases=True):
            found = f"{requirement.name} {version}" if version else f"{requirement.name} is not installed"
            yield fail(found, f"pip install --constraint infra/constraints.txt '{requirement.name}{requirement.specifier}'")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _size() -> Iterator[Finding]:
    # Both know the limits of containers.
    from dask.system import CPU_COUNT  # noqa: PLC0415  (Dask takes a while to import)
    from distributed.system import MEMORY_LIMIT  # noqa: PLC0415

    found = f"{CPU_COUNT} cores, {MEMORY_LIMIT / 1e9:.1f} GB of memory"
    fitting = int(MEMORY_LIMIT / WORKER_BYTES)
    if fitting < CPU_COUNT:
        yield warn(found, f"a worker wants about 0.5 GB: run with --workers {max(1, fitting)}")
    else:
        yield ok(found)


def _disk(root: str | None) -> Iterator[Finding]:
    folders = [Path(tempfile.gettempdir())]
    if root and "://" not in root:
        folders.append(Path(root).expanduser().absolute())
    places = [next(path for path in (folder, *folder.parents) if path.exists()) for folder in folders]
    for there in {path.stat().st_dev: path for path in places}.values():
        free = shutil.disk_usage(there).free
        found = f"{free / 1e9:.1f} GB free at {there}"
        if free < WARN_DISK_BYTES:
            yield (fail if free < FAIL_DISK_BYTES else warn)(found, "make room, or name another place (ROOT, TMPDIR)")
        else:
            yield ok(found)


def _open_files() -> Iterator[Finding]:
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < LEAST_OPEN_FILES:
        yield warn(f"at most {most} at once", f"ulimit -n {LEAST_OPEN_FILES if hard < 0 else min(hard, 65536)}")
    else:
        yield ok(f"at most {'any number' if most == resource.RLIM_INFINITY else most} at once on {os.uname().nodename}")
