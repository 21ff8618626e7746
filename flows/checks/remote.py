"""What is asked of schedulers and workers themselves. Sent by value: a machine with an old Pressrun, or with none, can answer."""

import asyncio
import importlib.metadata
import platform
import sys
from collections.abc import Callable
from typing import Any

import cloudpickle
import dask
from distributed import Client

READ_SECONDS = 20.0


def on_workers(client: Client, ask: Callable[..., Any], *arguments: Any, workers: list[str] | None = None) -> dict[str, Any]:
    """The answers by worker; an error is an answer, too."""
    found: dict[str, Any] = _by_value(lambda: client.run(ask, *arguments, workers=workers, on_error="return"))
    return found


def on_scheduler(client: Client, ask: Callable[..., Any], *arguments: Any) -> Any:
    """The scheduler's answer."""
    return _by_value(lambda: client.run_on_scheduler(ask, *arguments))


def _by_value(action: Callable[[], Any]) -> Any:
    this = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(this)
    try:
        return action()
    finally:
        cloudpickle.unregister_pickle_by_value(this)


def versions(names: list[str]) -> dict[str, str]:
    """Versions of Python and of packages, empty for those that are not there."""
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = ""
    return found


def scheduler_settings(dask_scheduler: Any = None) -> tuple[float | None, int]:
    """Seconds after which a silent worker is given up, and how many workers a task may end."""
    return dask_scheduler.worker_ttl, dask_scheduler.allowed_failures


async def silent_workers(seconds: float, dask_scheduler: Any = None) -> list[str]:
    """Workers that do not answer their scheduler in time; on them every question to all workers would hang."""

    async def is_silent(address: str) -> bool:
        try:
            await asyncio.wait_for(dask_scheduler.rpc(address).identity(), seconds)
        except (OSError, TimeoutError):
            return True
        return False

    addresses = list(dask_scheduler.workers)
    silent = await asyncio.gather(*map(is_silent, addresses))
    return [address for address, is_so in zip(addresses, silent, strict=True) if is_so]


def spills() -> bool:
    """Whether a worker would put memory to disk."""
    return bool(dask.config.get("distributed.worker.memory.target") or dask.config.get("distributed.worker.memory.spill"))


async def read_probe(root: str, key: str) -> bytes:
    """An object, read by a worker; in a thread, for its own loop has to go on."""
    from tasks.storage.looking import quick_store  # noqa: PLC0415

    return await asyncio.wait_for(asyncio.to_thread(lambda: quick_store(root).read(key)), READ_SECONDS)
