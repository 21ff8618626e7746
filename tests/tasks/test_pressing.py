"""One body, one outcome: any bytes at all give an article or a rejection, and the facts that were read stand in the row."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.opt_outs import header_opt_outs
from tasks.pressing import Press, article_id
from tasks.recipe import Recipe
from tasks.records import (
    ARTICLE_SCHEMA,
    REJECTION_SCHEMA,
    Article,
    Capture,
    Coordinates,
    Page,
    Rejection,
    article_row,
    rejection_row,
)
from tests.demo.archive import page as golden

PRESS = Press(Recipe())
PRESSES = [PRESS, Press(Recipe(extractor="thorough", wants_markdown=True)), Press(Recipe(extractor="trafilatura"))]
CAPTURE = Capture(
    "https://news.example/a",
    datetime(2024, 12, 4, tzinfo=UTC),
    "response",
    200,
    (("Content-Type", "text/html"),),
    b"",
    None,
    Coordinates("a", 0, 1, None),
)
BODIES = [golden(name) for name in ("harbour_bridge", "ernte", "mediateca", "night_trains", "gikai")]


def press(body: bytes, **changes: object) -> Article | Rejection:
    return PRESS.press(Page(replace(CAPTURE, **changes), body, "sha1:X", None, "test"))


@st.composite
def spoiled_pages(draw: st.DrawFn) -> bytes:
    """A page with a stretch cut out, doubled, or replaced by any bytes."""
    body = draw(st.sampled_from(BODIES))
    start = draw(st.integers(0, len(body)))
    end = min(len(body), start + draw(st.integers(0, 400)))
    middle = draw(
        st.one_of(
            st.binary(max_size=60), st.just(body[start:end] * 3), st.sampled_from([b"<", b"</div>" * 30, b"\x00" * 9, b"]]>"])
        )
    )
    return body[:start] + middle + body[end:]


@settings(max_examples=150)
@given(
    st.one_of(st.binary(max_size=300), spoiled_pages()),
    st.sampled_from([None, "utf-8", "gb18030", "utf-16", "no-such-charset"]),
    st.sampled_from(PRESSES),
)
@example(b"\xff\xfe\x00", None, PRESS)
def test_any_bytes_give_one_outcome_that_fits_its_schema(body, charset, used):
    import pyarrow as pa

    content_type = f"text/html; charset={charset}" if charset else "text/html"
    outcome = used.press(Page(replace(CAPTURE, http_headers=(("Content-Type", content_type),)), body, "sha1:X", None, "test"))
    if isinstance(outcome, Article):
        pa.Table.from_pylist([article_row(outcome)], schema=ARTICLE_SCHEMA)
        assert outcome.text
        assert not outcome.published_at or outcome.published_at <= CAPTURE.captured_at
    else:
        pa.Table.from_pylist([rejection_row(outcome, "test", "r")], schema=REJECTION_SCHEMA)


@pytest.mark.parametrize("body", BODIES)
def test_the_same_bytes_give_the_same_outcome_whatever_came_before(body):
    first = press(body)
    for other in BODIES:
        press(other)
    assert press(body) == first


def test_an_id_depends_on_the_capture_alone():
    moved = replace(CAPTURE, at=Coordinates("elsewhere", 7, 9, "<urn:x>"))
    assert article_id(moved, "sha1:X") == article_id(CAPTURE, "sha1:X")
    assert article_id(CAPTURE, "sha1:Y") != article_id(CAPTURE, "sha1:X")
    assert article_id(replace(CAPTURE, captured_at=None), "sha1:X") != article_id(CAPTURE, "sha1:X")


def test_opt_outs_of_the_answer_stand_beside_those_of_the_page():
    head = (
        ("Content-Type", "text/html"),
        ("X-Robots-Tag", "noindex, noai"),
        ("x-robots-tag", "otherbot: none"),
        ("TDM-Reservation", "1"),
    )
    assert header_opt_outs(head) == (
        "x-robots-tag:noindex",
        "x-robots-tag:noai",
        "tdm-reservation:1",
    )
    outcome = press(golden("night_trains"), http_headers=head)
    assert set(outcome.opt_outs) >= {"x-robots-tag:noai", "meta:noai"}


def test_a_page_without_a_date_of_capture_is_an_article_all_the_same():
    outcome = press(golden("harbour_bridge"), captured_at=None)
    assert isinstance(outcome, Article)
    assert outcome.published_at == datetime(2024, 11, 18, 7, 45, tzinfo=UTC)


def test_nothing_was_published_after_it_was_captured():
    outcome = press(golden("harbour_bridge"), captured_at=datetime(2024, 11, 1, tzinfo=UTC))
    assert outcome.published_at is None or outcome.published_at <= datetime(2024, 11, 1, tzinfo=UTC)


ANNOUNCED = datetime(2024, 12, 1, 6, 30, tzinfo=UTC)
UNDATED = (
    "<html><head><title>Fares</title></head><body><article>" + "<p>The ferry company and the board could not agree.</p>" * 9
).encode()


def test_the_date_of_a_feed_fills_a_gap():
    assert press(UNDATED).published_at is None
    outcome = press(UNDATED, announced_at=ANNOUNCED, announced_in="feed", robots_allowed=True)
    assert (outcome.published_at, outcome.published_source, outcome.published_precision) == (ANNOUNCED, "feed", "second")
    assert outcome.robots_allowed is True


def test_what_the_page_says_comes_before_what_a_feed_says():
    plain = press(golden("harbour_bridge"))
    outcome = press(golden("harbour_bridge"), announced_at=ANNOUNCED, announced_in="sitemap")
    assert (outcome.published_at, outcome.published_source) == (plain.published_at, plain.published_source)
    assert plain.robots_allowed is None


@pytest.mark.parametrize(
    ("page_says", "source"), [("2024-12-01", "feed"), ("2024-11-29", "meta"), ("2024-12-01T05:00:00Z", "meta")]
)
def test_the_moment_of_a_feed_is_taken_where_the_page_says_its_day_only(page_says, source):
    page = UNDATED.replace(b"<head>", f'<head><meta property="article:published_time" content="{page_says}">'.encode())
    outcome = press(page, announced_at=ANNOUNCED, announced_in="feed")
    assert outcome.published_source == source
    assert (outcome.published_at == ANNOUNCED) is (source == "feed")


def test_nothing_was_announced_after_it_was_captured():
    early = datetime(2024, 11, 30, tzinfo=UTC)
    assert press(UNDATED, announced_at=ANNOUNCED, announced_in="feed", captured_at=early).published_at == early
    assert press(UNDATED, announced_at=ANNOUNCED, announced_in="feed", captured_at=None).published_at == ANNOUNCED
    assert press(UNDATED, announced_at=None, announced_in="feed").published_at is None


def test_a_text_that_somebody_extracted_is_read_as_plain_text(tmp_path):
    """A WET archive: the visible text of a page, menus and all, in a conversion record."""
    from tasks.plans import plan_archives
    from tasks.press import Watch, press_shard
    from tasks.selection import Selection
    from tasks.storage import open_store
    from tests.archives import gzip_members, warc_record, warcinfo

    menu = "".join(f"Section {number}\n" for number in range(14))
    body = "".join(f"The harbour board met on Monday and put off the vote number {n} until the spring.\n" for n in range(6))
    page = f"Vote on the pier put off again - Harbour News\n{menu}Share\nPrint\nVote on the pier put off again\nBy Maren Holt\nMarch 4, 2024\n{body}Read more\nCopyright 2024\n"
    fields = [("Content-Type", "text/plain")]
    record = warc_record("conversion", "https://news.example.org/pier", page.encode(), fields, date="2024-03-05T00:00:00Z")
    (tmp_path / "a.warc.wet.gz").write_bytes(gzip_members([warcinfo(), record]))
    store = open_store(str(tmp_path / "corpus"))
    (order,) = plan_archives(store, Selection((str(tmp_path / "a.warc.wet.gz"),)), Recipe()).orders
    receipt = press_shard(store, order, Watch())
    (key,) = [stored.key for stored in receipt.objects if stored.key.startswith("articles/")]
    (row,) = pq.read_table(io.BytesIO(store.read(key))).to_pylist()
    assert row["title"] == "Vote on the pier put off again"
    assert row["text"] == body.strip()
    assert row["text_source"] == "plain"
    assert "Share" in row["set_aside"]
    assert f"{row['published_at']:%Y-%m-%d}" == "2024-03-04"
    assert row["authors"] == ["Maren Holt"]
