"""Whole texts: what is body stays, what is the site's goes aside, and nothing disappears."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.plain_text.reading import read_plain_article
from tests.tasks.plain_text import articles_by_language
from tests.tasks.plain_text.articles import PIER, SAMPLES, TITLE, Sample

SEED = Path(__file__).parents[4] / "shared" / "data" / "seed_article.txt"


@pytest.mark.parametrize("sample", SAMPLES + articles_by_language.SAMPLES, ids=lambda sample: sample.name)
def test_samples(sample: Sample) -> None:
    read = read_plain_article(sample.text, None)
    assert tuple(read.text.split("\n")) == sample.body
    assert read.facts.title == sample.title
    assert read.facts.authors == sample.authors
    assert read.captions == sample.captions
    if sample.set_aside:
        assert read.set_aside == sample.set_aside
    published = read.facts.published
    assert (published.precision if published else None) == sample.precision
    assert published is None or published.at.isoformat().startswith(sample.at or "never")
    assert published is None or published.source == "text"


@pytest.mark.skipif(not SEED.exists(), reason="the sample that was given to us lies beside the repository only")
def test_the_sample_that_was_given_to_us() -> None:
    text = SEED.read_text(encoding="utf-8")
    given_lines = [line.strip() for line in text.splitlines() if line.strip()]
    read = read_plain_article(text, None)
    assert read.facts.title == given_lines[2]
    assert read.facts.published is not None
    assert read.facts.published.at == datetime(2024, 12, 3, 20, 38, tzinfo=UTC)
    assert (read.facts.published.precision, read.facts.published.offset_minutes) == ("local_minute", None)
    assert read.text.split("\n") == given_lines[5:11]
    assert read.captions == (given_lines[4],)
    assert read.set_aside == (given_lines[0], given_lines[1], given_lines[11])


@pytest.mark.parametrize(
    ("written", "captured", "precision"),
    [
        ("November 4, 2024 at 6:05 pm", datetime(2024, 11, 4, 6, 0, tzinfo=UTC), "local_minute"),
        ("November 4, 2024 at 6:05 pm", datetime(2024, 11, 4, 2, 0, tzinfo=UTC), "day"),
        ("November 4, 2024 at 6:05 pm", datetime(2024, 11, 3, 23, 0, tzinfo=UTC), None),
        ("November 4, 2024 at 6:05 pm GMT", datetime(2024, 11, 4, 12, 0, tzinfo=UTC), "day"),
        ("November 4, 2024", datetime(2024, 11, 4, 12, 0, tzinfo=UTC), "day"),
        ("November 4, 2024", datetime(2023, 11, 4, 12, 0, tzinfo=UTC), None),
    ],
)
def test_nothing_is_published_after_it_was_captured(written: str, captured: datetime, precision: str | None) -> None:
    published = read_plain_article("\n\n".join((TITLE, written, *PIER)), captured).facts.published
    assert (published.precision if published else None) == precision


def test_the_source_of_a_header_is_the_site() -> None:
    assert read_plain_article(f"Title: {TITLE}\nSource: Ellis Post\n\n{PIER[0]}", None).facts.site_name == "Ellis Post"


def test_empty_texts() -> None:
    read = read_plain_article("\n \f", None)
    assert (read.text, read.captions, read.set_aside, read.facts.title) == ("", (), (), None)


LINES = st.sampled_from(
    (*PIER, TITLE, "Share", "4 November 2024", "By Jane Doe", "Comments", "Photo: Jo", "", "Title: x", "What now?", "a")
)


@given(st.lists(LINES | st.text(max_size=40), max_size=60))
def test_no_text_raises_and_no_line_is_in_two_places(lines: list[str]) -> None:
    text = "\n".join(lines)
    read = read_plain_article(text, None)
    kept = read.text.split("\n") if read.text else []
    assert all(line.strip() for line in kept)
    assert len(kept) + len(read.captions) + len(read.set_aside) <= len(text.splitlines())


@pytest.mark.parametrize(
    "text",
    ["word and, more. " * 640_000, "x" * 10_000_000, "Menu item\n" * 200_000, "[" * 3_000_000, ("[" * 600 + "\n") * 3_000, "a b c.\f" * 200_000,
     "sign up subscribe " * 500_000, ("Is it so? - \n") * 100_000, "3 Dec 2024\n" * 200_000, " " * 5_000_000],
)  # fmt: skip
def test_hostile_texts_take_seconds(text: str) -> None:
    started = time.process_time()
    read_plain_article(text, None)
    assert time.process_time() - started < 20


def test_the_last_day_of_a_chronicle_stays_where_it_stands() -> None:
    told = "The harbour board met on the old quay and spoke about the fares for the winter, and nobody could say when it began."
    text = "\n\n".join(["How the ferry came to stand still", "20 January 2024", told, told, "13 April 2021", told])
    read = read_plain_article(text, None)
    assert read.text.split("\n") == [told, told, "13 April 2021", told]
    assert read.facts.published is not None
    assert f"{read.facts.published.at:%Y-%m-%d}" == "2024-01-20"
