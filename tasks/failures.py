"""Shards that were given up: remembered on the store, so that a poison archive does not kill the workers of every run."""

import json
from dataclasses import asdict, dataclass

from tasks.recipe import Recipe
from tasks.shards import Shard
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a shard was given up, by which run, and with which input and recipe: with others it is tried again."""

    shard: str
    fingerprint: str
    why: str
    run_id: str


def give_up(store: Store, shard: Shard, recipe: Recipe, why: str, run_id: str) -> None:
    """Remember that this shard cannot be pressed."""
    failure = Failure(shard.name, shard.fingerprint(recipe), why, run_id)
    store.write(_key(shard), json.dumps(asdict(failure), indent=1, ensure_ascii=False).encode() + b"\n")


def forget(store: Store, shard: Shard) -> None:
    """Forget it, for it is pressed now."""
    store.delete(_key(shard))


def given_up(store: Store, source: str) -> dict[str, Failure]:
    """All shards of a source that were given up, by name."""
    found = (store.read(info.key) for info in store.list(f"state/given-up/{source}/"))
    failures = (Failure(**json.loads(data)) for data in found)
    return {failure.shard: failure for failure in failures}


def _key(shard: Shard) -> str:
    return f"state/given-up/{shard.source}/{shard.name}.json"
