"""The rows under the audit: each way of spoiling them by hand is caught, by the sums or by the archive itself."""

import io

import pyarrow.parquet as pq
import pytest

from tasks.audit import audit
from tasks.storage.base import Store
from tests.corpora import change, footer_of, key_of, receipt_of, recount, set_first


def remove_row(store: Store) -> str:
    change(store, key := key_of(store, "articles"), lambda rows: rows[1:])
    return f"{key} has 2 articles, its footer says 3"


def remove_row_everywhere(store: Store) -> str:
    """The forger corrects footers and receipt, so that all sums close: only the archive knows."""
    keys = [key_of(store, kind) for kind in ("rejections", "articles")]
    footer = footer_of(store, keys[1])
    change(store, keys[0], lambda rows: rows, articles=2, captures=footer.captures - 1)
    change(store, keys[1], lambda rows: rows[1:], articles=2, captures=footer.captures - 1)
    receipt = receipt_of(store)
    recount(store, articles=receipt.counts.articles - 1, captures=receipt.counts.captures - 1)
    return "has no outcome"


def duplicate_row(store: Store) -> str:
    change(store, key := key_of(store, "articles"), lambda rows: [rows[0], *rows])
    return f"{key} has the id"


def duplicate_row_of_another_part(store: Store) -> str:
    other = pq.read_table(io.BytesIO(store.read(key_of(store, "articles", 0)))).to_pylist()[0]
    change(store, key := key_of(store, "articles"), lambda rows: [other, *rows[1:]])
    return f"{key} has the id {other['id']} a second time"


def outcome_twice(store: Store) -> str:
    offset = pq.read_table(io.BytesIO(store.read(key_of(store, "articles")))).to_pylist()[0]["warc_offset"]
    change(store, key_of(store, "rejections"), set_first(warc_offset=offset))
    return f"the record at {offset} has more than one outcome"


def change_coordinate(store: Store) -> str:
    change(
        store, key := key_of(store, "articles"), lambda rows: [*rows[:-1], {**rows[-1], "warc_offset": rows[-1]["warc_offset"] + 1}]
    )
    return f"{key}: the archive holds no record of"


def move_row_out_of_its_part(store: Store) -> str:
    change(store, key := key_of(store, "articles"), set_first(warc_offset=5))
    return f"{key} has a row at 5, but its part is from"


def reverse_rows(store: Store) -> str:
    change(store, key := key_of(store, "articles"), lambda rows: rows[::-1])
    return f"{key} has rows in another order"


def change_url(store: Store) -> str:
    change(store, key := key_of(store, "articles"), set_first(url="https://elsewhere.example.org/"))
    return f"{key}: the archive holds no record of https://elsewhere.example.org/"


def change_reason(store: Store) -> str:
    change(store, key := key_of(store, "rejections", 0), set_first(reason="timed_out"))
    return f"{key} has the rejections {{'timed_out': 1"


def invent_reason(store: Store) -> str:
    change(store, key := key_of(store, "rejections", 0), set_first(reason="just_because"))
    return f"{key} has the reason just_because, which there is not"


def change_recipe(store: Store) -> str:
    change(store, key := key_of(store, "articles"), set_first(recipe="0" * 16))
    return f"{key} has the recipe 0000000000000000 in 1 rows"


def change_source(store: Store) -> str:
    change(store, key := key_of(store, "rejections"), set_first(source="elsewhere"))
    return f"{key} has the source elsewhere in 1 rows"


def change_footer(store: Store) -> str:
    change(store, key := key_of(store, "articles"), lambda rows: rows, captures=7)
    return f"{key}: its footer does not fit"


DEEP_ONLY = {remove_row_everywhere, change_url, change_coordinate}
SPOILERS = [
    remove_row,
    remove_row_everywhere,
    duplicate_row,
    duplicate_row_of_another_part,
    outcome_twice,
    change_coordinate,
    move_row_out_of_its_part,
    reverse_rows,
    change_url,
    change_reason,
    invent_reason,
    change_recipe,
    change_source,
    change_footer,
]


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_row_is_caught_by_a_line_that_names_it(corpus, spoil):
    expected = spoil(corpus)
    for deep in (False, True):
        report = audit(corpus, deep=deep)
        if deep or spoil not in DEEP_ONLY:
            assert not report.closes
            assert any(expected in fault for fault in report.faults), report.faults
        assert all("\n" not in fault for fault in report.faults)


def test_a_flipped_byte_is_caught_in_deep_wherever_it_is(corpus):
    key = key_of(corpus, "articles")
    sound = corpus.read(key)
    for at in range(0, len(sound), len(sound) // 40):
        corpus.write(key, sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        audit(corpus)  # whatever it sees, it ends with a report
        assert any(f"{key} has other bytes" in fault for fault in audit(corpus, deep=True).faults)


def test_the_sample_is_looked_up_and_finds_wrong_coordinates(corpus):
    """All coordinates of a shard are off by one record: any sample sees it."""
    for part in range(3):
        change(corpus, key_of(corpus, "articles", part), lambda rows: [{**row, "warc_record_id": "<urn:uuid:0>"} for row in rows])
    assert any("the archive holds no record of" in fault for fault in audit(corpus).faults)
