"""Lists of feeds, as feed readers write and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import FixTheRun
from tasks.opml import MAX_BYTES, Outline, read_opml, write_opml

ADDRESSES = st.builds(
    "https://{}.example/{}".format,
    st.from_regex(r"[a-z]{1,10}", fullmatch=True),
    st.from_regex(r"[a-z0-9/?=&]{0,10}", fullmatch=True),
)
TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=30).map(lambda title: " ".join(title.split()))
OUTLINES = st.builds(Outline, TITLES, ADDRESSES, st.one_of(st.just(""), ADDRESSES), st.sampled_from(["", "de", "en-GB"]))


def clean(outline: Outline) -> Outline:
    return read_opml(write_opml([outline]))[0]


@given(st.lists(OUTLINES, max_size=5))
def test_what_was_written_is_read(outlines: list[Outline]) -> None:
    once = [clean(outline) for outline in outlines]
    assert read_opml(write_opml(outlines)) == once
    assert read_opml(write_opml(once)) == once
    assert [outline.title for outline in once] == [outline.title for outline in outlines]


def test_folders_and_attributes_in_any_case() -> None:
    data = b"""\xef\xbb\xbf<?xml version="1.0"?>
    <opml version="1.0"><head><title>Mine</title></head><body>
      <outline text="Folder"><outline text="Inner">
        <OUTLINE TEXT="One &amp; only" type="rss" xmlurl="https://One.example/feed" htmlUrl="https://one.example" LANGUAGE="de"/>
      </outline></outline>
      <outline text="t" title="Two" xmlUrl="https://two.example/feed#x"/>
      <outline text="Home" type="link" url="https://three.example/"/>
      <outline text="Not fetched" xmlUrl="ftp://four.example/"/>
    </body></opml>"""
    assert read_opml(data) == [
        Outline("One & only", "https://one.example/feed", "https://one.example/", "de"),
        Outline("Two", "https://two.example/feed"),
        Outline("Home", "", "https://three.example/"),
    ]


def test_addresses_that_cannot_be_fetched_are_left_out_and_told_without_their_secrets() -> None:
    data = b"""<opml><body>
      <outline text="a" xmlUrl="https://me:planted@one.example/" htmlUrl="https://one.example/"/>
      <outline text="b" xmlUrl="ftp://two.example/"/><outline text="c" xmlUrl="feed"/><outline text="A folder"/>
      <outline text="d" xmlUrl="ftp://me:planted@two.example/"/><outline text="e" xmlUrl="https://e.example/" language="d&#x7f;e"/>
    </body></opml>"""
    why: list[str] = []
    assert read_opml(data, why.append) == [Outline("a", "", "https://one.example/"), Outline("e", "https://e.example/")]
    assert why == [
        "an address takes no user or password",
        "only http and https are fetched",
        "it is no address such as https://example.org/rss",
        "an address takes no user or password",
    ]


BOMB = '<?xml version="1.0"{}?><!DOCTYPE opml [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
OUTSIDE = '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/hostname">]><opml><body><outline text="x" xmlUrl="https://a.example/">&a;</outline></body></opml>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOMB.format("").encode(), "entities"),
        (BOMB.format("").encode("utf-16"), "entities"),
        (BOMB.format(' encoding="cp037"').encode("cp037"), "OPML list"),
        (OUTSIDE.encode(), "entities"),
        (b"", "not well formed"),
        (b"<opml><body>", "not well formed"),
        (b"<opml>" + b"<outline>" * 5_000, "not well formed"),
        (b"<rss/>", "first element is 'rss'"),
        (b" " * (MAX_BYTES + 1), "longer than"),
    ],
)
def test_what_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(FixTheRun, match=says):
        read_opml(data)


def test_titles_with_letters_that_xml_has_not() -> None:
    assert clean(Outline("a\x00b\ud800", "https://a.example/")).title == "a b"


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(FixTheRun):
        read_opml(data)
