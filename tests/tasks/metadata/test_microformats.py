"""Blog systems say by classes what others say by markup of their own."""

import pytest

from tasks.metadata.microformats import read_microformats
from tasks.pages.tree import parse_html

TITLE = '<h3 class="post-title entry-title">Ferry runs again</h3>'
AUTHOR = '<span class="post-author vcard">Posted by <span class="fn">Ada Okafor</span></span>'
TIME = '<abbr class="published" title="2011-04-18T10:12:00+02:00">10:12</abbr>'
OTHER = '<div class="hentry"><h3 class="entry-title">Other story</h3></div>'


def test_the_only_entry_is_the_pages_own() -> None:
    found = read_microformats(parse_html(f'<h1>The Daily Pile</h1><div class="post hentry">{TITLE}{AUTHOR}{TIME}</div>'))
    assert (found.titles, found.authors, found.published) == (
        ("Ferry runs again",),
        ("Ada Okafor",),
        ("2011-04-18T10:12:00+02:00",),
    )


def test_of_several_entries_the_one_around_the_headline_counts() -> None:
    own = '<article class="h-entry"><h1 class="entry-title">Own</h1><time class="dt-updated" datetime="2024-05-01">May</time></article>'
    found = read_microformats(parse_html(OTHER + own + OTHER))
    assert (found.titles, found.modified) == (("Own",), ("2024-05-01",))


@pytest.mark.parametrize(
    "page",
    ["<p>none</p>", OTHER + OTHER, f'<li class="comment hentry">{TITLE}</li>', f'<p class="entry-title-box">{TITLE}</p>'],
    ids=["no entry", "a list", "a comment", "no entry by that name"],
)
def test_nothing_is_said_of_lists_and_comments(page: str) -> None:
    assert read_microformats(parse_html(page)).titles == ()


def test_an_author_of_a_comment_is_none() -> None:
    comment = '<div class="comment-author vcard"><cite class="fn">A Reader</cite></div>'
    assert read_microformats(parse_html(f'<div class="hentry">{TITLE}{comment}</div>')).authors == ()
