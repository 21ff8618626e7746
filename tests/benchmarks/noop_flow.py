"""The child of control_plane: windows of shards that do nothing, and what the flow's process took meanwhile."""

import os
import resource
import sys
import time
from datetime import UTC, datetime

import dask
import psutil
from distributed import Client
from prefect import flow

from flows.monitor import Board
from flows.runners import DASK_SETTINGS
from flows.windows import press_windows
from tasks import stages
from tasks.desk import Desk
from tasks.forecasts import Cost
from tasks.press import Order
from tasks.recipe import Recipe
from tasks.shards import Counts, Receipt, Shard

WINDOW = 500
RECIPE = Recipe()


def do_nothing(order: Order, run_id: str) -> Receipt:
    """What a worker is given in place of the pressing."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    spent = {"extraction_cpu_seconds": 0, "other_cpu_seconds": 0, "resumed_parts": 0}
    run = {"run_id": run_id, "started_at": now, "finished_at": now, **spent}
    return Receipt(order.shard, "", {}, "2024-12", Counts(1, 1), (), run)


@flow(name="nothing", validate_parameters=False)
def press_nothing(address: str, name: str, shards: int) -> list[int]:
    """Press so many; gives the memory of this process in MB after each window."""
    orders = [
        Order("/nowhere", Shard(f"{name}-{number:05d}", "none", f"/{number}", 1_000, "-"), RECIPE) for number in range(shards)
    ]
    memory: list[int] = []
    board = Board(shards, 1_000 * shards, Cost())
    with dask.config.set(DASK_SETTINGS), Client(address) as client:
        desk = Desk(client, name, board)
        press_windows(desk, board, orders, WINDOW, lambda _: memory.append(psutil.Process().memory_info().rss // 1_000_000))
    board.close()
    assert not board.failures, board.failures
    return memory


if __name__ == "__main__":
    stages.press_on_worker = do_nothing
    started = time.monotonic()
    found = press_nothing(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    each = 1_000 / int(sys.argv[3])
    print(
        f"flow {each * (time.monotonic() - started):.1f} ms and {each * (used.ru_utime + used.ru_stime):.1f} CPU ms each,"
        f" {found[0]} MB at its first window, {found[-1]} MB at its last"
    )
    sys.stdout.flush()
    os._exit(0)
