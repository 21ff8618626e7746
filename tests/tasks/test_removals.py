"""Records of removals, and who asks whether something was taken out: as quick as can be, and never wrong."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import BrokenShard, FixTheRun
from tasks.removals import WHOLE, Removal, Removed, read_removals, removal_of, removals_of, removed_on
from tasks.urls import url_key

IDS = ("0" * 32, "ab" * 16)
HOSTS = ("example.org", "a.example.org", "b.example.net", "example.net", "xn--bcher-kva.example")
PATHS = ("/", "/a", "/a?b=1", "/a?utm_source=x", "/A", "//a", "/a#b", "")
SPELLED = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(("https://", "http://", "HTTPS://", "https://u@", "ftp://", "")),
        st.sampled_from((*HOSTS, "EXAMPLE.org", "example.org.", "notexample.org", "bücher.example", "[::1]", "[", "")),
        st.sampled_from(("", ":443", ":8080")),
        st.sampled_from(PATHS),
    ),
)
NAMED = st.lists(SPELLED.filter(WHOLE.match), max_size=3)
REMOVALS = st.builds(
    lambda urls, hosts, ids: removal_of(urls, hosts, ids) if urls or hosts or ids else Removal(),
    NAMED,
    st.lists(st.sampled_from(HOSTS), max_size=2),
    st.lists(st.sampled_from(IDS), max_size=1),
)


def names(removal: Removal, url: str, article_id: str) -> bool:
    """The same by comparing everything with everything."""
    try:
        host = (urlsplit(url_key(url)).hostname or "").rstrip(".")
    except ValueError:
        host = ""
    below = any(host == one or host.endswith(f".{one}") for one in removal.hosts)
    return url_key(url) in removal.urls or below or article_id in removal.ids


@given(st.lists(REMOVALS, max_size=3), SPELLED, st.sampled_from((*IDS, "ff" * 16)))
def test_it_says_what_comparing_everything_says(removals, url, article_id):
    found = Removed(removals).matches(url, article_id)
    assert (found is not None) == any(names(one, url, article_id) for one in removals)
    assert found is None or any(one.id == found and names(one, url, article_id) for one in removals)
    assert bool(Removed(removals)) == any(one.urls or one.hosts or one.ids for one in removals)


@given(REMOVALS)
def test_the_name_of_a_removal_follows_from_what_it_names_alone(removal):
    assert replace(removal, why="x", asked_at="2026", taken={"articles": 1}, is_done=True).id == removal.id
    assert removal_of(("https://e.org/",), (), ()).id == removal_of(("http://E.org:80/?utm_source=a",), (), ()).id


def test_an_address_that_a_page_calls_its_own_counts_for_addresses_alone():
    removed = Removed([removal_of(("https://example.org/a",), ("example.net",), ())])
    assert removed.matches("https://amp.example.com/a", None, "https://example.org/a?utm_source=b")
    assert removed.matches("https://amp.example.com/a", None, "https://example.net/a") is None
    assert removed.matches(None) is None


def test_records_come_back_as_they_were(store):
    assert (read_removals(store), bool(removed_on(store))) == ([], False)
    late = replace(removal_of(("https://example.org/a",), (), ()), why="é", asked_at="2026-02-01T00:00:00+00:00", is_done=True)
    early = replace(removal_of((), ("example.net",), IDS), asked_at="2026-01-01T00:00:00+00:00", taken={"articles": 3})
    late.write(store)
    early.write(store)
    assert read_removals(store) == [early, late]
    assert removed_on(store).matches("https://www.example.net/") == early.id
    assert list(removals_of(store, "http://example.org/a")) == [late]
    assert list(removals_of(store, IDS[0])) == [early]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 1}'])
def test_a_damaged_record_is_no_removal_of_nothing(tmp_path, store, data):
    store.write("state/removed/0123456789abcdef.json", data)
    with pytest.raises(BrokenShard, match="would come back"):
        removed_on(store)


def test_a_record_whose_names_were_changed_by_hand_is_damaged(store):
    removal = removal_of(("https://example.org/a",), (), ())
    removal.write(store)
    store.write(removal.key, store.read(removal.key).replace(b"example.org/a", b"example.org/b"))
    with pytest.raises(BrokenShard, match="come back"):
        read_removals(store)


@pytest.mark.parametrize(
    ("urls", "hosts", "ids", "says"),
    [
        ((), (), (), "say what to remove"),
        (("",), (), (), "say what to remove"),
        (("https://example.org/a", "example.org/b"), (), (), "'example.org/b' is no whole address"),
        (("//example.org/b",), (), (), "no whole address"),
        (("htps://example.org/b",), (), (), "no whole address"),
        (("https:///b",), (), (), "no whole address"),
        ((), ("https://example.org/",), (), "no hosts"),
        ((), ("localhost",), (), "no hosts"),
        ((), (), ("123",), "no id of an article"),
    ],
)
def test_what_names_nothing_is_refused(urls, hosts, ids, says):
    with pytest.raises(FixTheRun, match=says):
        removal_of(urls, hosts, ids)
