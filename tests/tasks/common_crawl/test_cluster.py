"""The search in a table of contents finds what reading all of it finds, and fetches little."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.common_crawl.cluster import PAGE_BYTES, Cluster
from tasks.common_crawl.surts import KeyRange
from tasks.errors import BrokenShard


class Counted(io.BytesIO):
    fetched = 0

    def read(self, size=-1):
        found = super().read(size)
        self.fetched += len(found)
        return found


def contents(keys: list[str]) -> bytes:
    lines = [f"{key} 20240301000000\tcdx-{at // 1000:05d}.gz\t{at * 100}\t100\t{at + 1}\n" for at, key in enumerate(keys)]
    return "".join(lines).encode()


def wanted(keys: list[str], start: str, end: str) -> list[int]:
    """Which blocks may hold such keys, the slow way."""
    full = [f"{key} 20240301000000" for key in keys]
    return [at for at, key in enumerate(full) if key < end and (key >= start or at + 1 == len(full) or full[at + 1] >= start)]


KEYS = st.lists(st.text("abc,)", min_size=1, max_size=5), min_size=1, max_size=60).map(sorted)


@given(KEYS, st.text("abc,)", max_size=4), st.text("abc,)", max_size=4), st.integers(0, 9_000))
def test_the_search_finds_what_a_scan_finds(keys, one, other, width):
    # Long keys, so that some reach over a page and some pages hold no beginning of a line.
    keys = [f"{key}{'x' * (width if at % 7 == 3 else at)}" for at, key in enumerate(keys)]
    keys.sort()
    start, end = sorted((one, other))
    cluster = Cluster(io.BytesIO(contents(keys)), "cluster.idx")
    found = [block.offset // 100 for block in cluster.blocks(KeyRange(start.encode(), end.encode()))]
    assert found == (wanted(keys, start, end) if start < end else found)


def test_a_search_fetches_a_few_pages_and_the_next_fewer():
    keys = [f"org,example{number:06d})/" for number in range(50_000)]
    stream = Counted(contents(keys))
    cluster = Cluster(stream, "cluster.idx")
    for number in (41_234, 41_300, 7):
        start = f"org,example{number:06d})".encode()
        assert [block.offset // 100 for block in cluster.blocks(KeyRange(start, start + b"~"))] == [number - 1, number]
    pages = -(-len(stream.getvalue()) // PAGE_BYTES)
    assert stream.fetched < 40 * PAGE_BYTES < pages * PAGE_BYTES / 5


def test_an_empty_table_has_no_blocks():
    assert list(Cluster(io.BytesIO(b""), "cluster.idx").blocks(KeyRange(b"a", b"b"))) == []


@pytest.mark.parametrize(
    "line", [b"org,a)/ 2024", b"org,a)/ 2024\tcdx\tx\t5\t1", b"org,a)/ 2024\t../x\t1\t5\t1", b"org,a)\xff\t\t\t\t"]
)
def test_a_line_that_names_no_block_is_named(line):
    with pytest.raises(BrokenShard, match=r"cluster\.idx is damaged at byte 0") as broken:
        list(Cluster(io.BytesIO(line + b"\n"), "cluster.idx").blocks(KeyRange(b"org", b"orh")))
    assert "\n" not in str(broken.value)
