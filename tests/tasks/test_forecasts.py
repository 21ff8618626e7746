"""Forecasts: from receipts, and how near they come."""

from dataclasses import replace

import pytest

from tasks.forecasts import Cost, add_costs, cost_of, forecast
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
from tests.flows.command_line import write_archive


def test_nothing_known_is_a_first_guess_and_says_so():
    guess = forecast(Cost(), 1_000_000_000)
    assert guess.learned_from == 0
    assert guess.cpu_seconds > 100
    assert guess.articles > 1_000


def test_half_of_ten_archives_foretells_the_whole(tmp_path):
    for number in range(10):
        write_archive(tmp_path / "crawl" / f"{number}.warc.gz", 20 + 5 * (number * 7 % 10), first=100 * number)
    store = open_store(str(tmp_path / "corpus"))
    plan = plan_archives(store, Selection((str(tmp_path / "crawl"),)), Recipe())
    costs = [cost_of(press_shard(store, order, Watch())) for order in plan.orders]
    outlook, whole = forecast(add_costs(costs[:5]), plan.bytes_to_press), add_costs(costs)
    assert outlook.articles == pytest.approx(whole.articles, rel=0.25)
    assert outlook.output_bytes == pytest.approx(whole.output_bytes, rel=0.25)
    done = plan_archives(store, Selection((str(tmp_path / "crawl"),)), Recipe()).done
    assert add_costs(one.cost for one in done).articles == whole.articles


def test_a_shard_that_went_on_after_a_kill_teaches_nothing(tmp_path):
    archive = write_archive(tmp_path / "a.warc.gz", 3)
    store = open_store(str(tmp_path / "corpus"))
    (order,) = plan_archives(store, Selection((str(archive),)), Recipe()).orders
    receipt = press_shard(store, order, Watch())
    assert cost_of(receipt).articles == 3
    assert cost_of(replace(receipt, run={**receipt.run, "resumed_parts": 1})) == Cost()
