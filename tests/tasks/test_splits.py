"""Big archives in slices: the rows are the same however an archive is split."""

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import RetryLater
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.shards import all_receipts
from tasks.splits import read_split, slices_of, split_archive
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.archives import gzip_members, gzip_whole, http_answer, warc_record, warcinfo
from tests.corpora import html

RECIPE = Recipe(part_articles=4)


def records(count: int = 24) -> list[bytes]:
    """Articles with every fourth body a repetition of an earlier one, errors, and a stretch of damage."""
    found = [warcinfo()]
    for number in range(count):
        body = html(number if number % 4 else number // 2)
        found.append(
            warc_record(url=f"https://example.org/{number}", block=http_answer(404 if number % 7 == 3 else 200, body=body))
        )
    return found


def write(path: Path, *, packed: bool = True) -> Path:
    made = [gzip_members([record]) if packed else record for record in records()]
    made.insert(9, b"\x00garbage between members" * 9)
    path.write_bytes(b"".join(made))
    return path


def press_split(store: Store, archive: Path, split_bytes: int) -> int:
    """Press an archive as a run does; returns the number of its shards."""
    selection = Selection((str(archive),), "s", split_bytes=split_bytes)
    for order in plan_archives(store, selection, RECIPE).orders:
        if order.slice_bytes:
            split_archive(store, order.shard, order.recipe, order.slice_bytes, lambda: True)
    orders = plan_archives(store, selection, RECIPE).orders
    for order in reversed(orders):
        press_shard(store, order, Watch())
    assert not plan_archives(store, selection, RECIPE).orders
    return len(orders)


def rows(store: Store, kind: str) -> list[dict]:
    found = [row for info in store.list(f"{kind}/") for row in pq.read_table(io.BytesIO(store.read(info.key))).to_pylist()]
    return sorted(found, key=lambda row: row["warc_offset"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, Path, Store]:
    folder = tmp_path_factory.mktemp("whole")
    archive, store = write(folder / "big.warc.gz"), open_store(str(folder / "corpus"))
    assert press_split(store, archive, 0) == 1
    return folder, archive, store


@settings(max_examples=12)
@given(split_bytes=st.integers(200, 6_000))
def test_the_rows_do_not_depend_on_the_split(whole, split_bytes):
    folder, archive, store = whole
    other = open_store(str(folder / f"corpus-{split_bytes}"))
    press_split(other, archive, split_bytes)
    for kind in ("articles", "rejections"):
        assert rows(other, kind) == rows(store, kind)


def test_slices_begin_at_records_and_cover_the_archive(whole, tmp_path):
    _, archive, _ = whole
    store = open_store(str(tmp_path))
    assert press_split(store, archive, 1_500) > 3
    (name,) = {receipt.shard.option("slice_of") for receipt in all_receipts(store)}
    split = read_split(store, "s", name)
    assert split is not None
    ends = [end for _, end in split.slices]
    assert [first for first, _ in split.slices] == [0, *ends[:-1]]
    assert ends[-1] == archive.stat().st_size
    assert split.duplicates


def test_a_plain_archive_is_split_too_and_one_in_a_single_member_is_not(tmp_path):
    store = open_store(str(tmp_path / "corpus"))
    assert press_split(store, write(tmp_path / "plain.warc", packed=False), 3_000) > 2
    (tmp_path / "one.warc.gz").write_bytes(gzip_whole(records()))
    assert press_split(store, tmp_path / "one.warc.gz", 500) == 1


def test_a_split_is_kept_whatever_size_is_asked_for_later_and_a_whole_archive_is_never_split_again(whole, tmp_path):
    _, archive, store = whole
    assert not plan_archives(store, Selection((str(archive),), "s", split_bytes=500), RECIPE).orders
    other = open_store(str(tmp_path))
    count = press_split(other, archive, 1_500)
    for split_bytes in (0, 500):
        plan = plan_archives(other, Selection((str(archive),), "s", split_bytes=split_bytes), RECIPE)
        assert (len(plan.orders), len(plan.done)) == (0, count)


def test_a_new_recipe_withdraws_the_slices_of_the_old_one(whole, tmp_path):
    _, archive, _ = whole
    store = open_store(str(tmp_path))
    press_split(store, archive, 1_500)
    other = Recipe(part_articles=5)
    (order,) = plan_archives(store, Selection((str(archive),), "s"), other).orders
    press_shard(store, order, Watch())
    assert [receipt.shard.name for receipt in all_receipts(store)] == [order.shard.name]
    offsets = [row["warc_offset"] for row in rows(store, "articles")]
    assert len(offsets) == len(set(offsets))


def test_a_slice_of_a_split_that_is_gone_stops(whole, tmp_path):
    _, archive, _ = whole
    store = open_store(str(tmp_path))
    (order,) = plan_archives(store, Selection((str(archive),), "s", split_bytes=1_500), RECIPE).orders
    split = split_archive(store, order.shard, RECIPE, 1_500, lambda: True)
    assert len(slices_of(order.shard, split)) == len(split.slices)
    (first, *_) = plan_archives(store, Selection((str(archive),), "s", split_bytes=1_500), RECIPE).orders
    split_archive(store, order.shard, RECIPE, 3_000, lambda: True)
    with pytest.raises(RetryLater, match="was split anew"):
        press_shard(store, first, Watch())
    with pytest.raises(RetryLater, match="was cancelled"):
        split_archive(store, order.shard, RECIPE, 3_000, lambda: False)
