"""Shards that failed: remembered on the store until they are pressed."""

import json
from dataclasses import asdict, dataclass

from tasks.shards import Shard
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a shard failed last, in which run, and with which input and recipe: with others it is tried again.

    ``is_final``: it was given up, so that a poison archive does not kill the workers of every run; others are tried again.
    """

    shard: str
    fingerprint: str
    why: str
    run_id: str
    is_final: bool = True


def remember(store: Store, source: str, failure: Failure) -> None:
    """Note that this shard failed."""
    store.write(_key(source, failure.shard), json.dumps(asdict(failure), indent=1, ensure_ascii=False).encode() + b"\n")


def forget(store: Store, shard: Shard) -> None:
    """Forget it, for it is pressed."""
    store.delete(_key(shard.source, shard.name))


def failures_of(store: Store, source: str) -> dict[str, Failure]:
    """All shards of a source that failed last, by name."""
    found = (store.read(info.key) for info in store.list(f"state/failed/{source}/"))
    failures = (Failure(**json.loads(data)) for data in found)
    return {failure.shard: failure for failure in failures}


def _key(source: str, name: str) -> str:
    return f"state/failed/{source}/{name}.json"
