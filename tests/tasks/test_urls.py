"""Addresses: as fetched, as told apart, and the domain and lane that they belong to."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.urls import (
    LANES,
    MAX_URL_CHARS,
    READY,
    _fetchable,
    clean_url,
    domain_of,
    key_hash,
    lane_of,
    url_key,
)

HOSTS = [
    "",
    "//",
    "http://",
    "http://a.example/",
    "https://A.example:443",
    "http://[::1]:80/",
    "http://me:pw@h/",
    "https://a.example/p?",
]
ANY_ADDRESS = st.builds(
    str.__add__,
    st.sampled_from(HOSTS),
    st.one_of(st.text(max_size=30), st.text(alphabet="abz/.?&=#%25fFeE@:[]\\;+ \t~*!'()\u00df\u3042\ud800-_,|\"<>", max_size=40)),
)


@pytest.mark.parametrize(
    ("given", "base", "cleaned"),
    [
        ("https://News.Example/a", "", "https://news.example/a"),
        ("HTTPS://news.example", "", "https://news.example/"),
        ("https://news.example?id=1", "", "https://news.example/?id=1"),
        ("  https://news.example/a\n/b\x00 ", "", "https://news.example/a/b"),
        ("https://news.example/a#top", "", "https://news.example/a"),
        ("https://news.example:443/a", "", "https://news.example/a"),
        ("https://news.example:8443/a", "", "https://news.example:8443/a"),
        ("https://news.example/ü b?q=ü|x", "", "https://news.example/%C3%BC%20b?q=%C3%BC%7Cx"),
        ("https://news.example/%7Ea%2fb", "", "https://news.example/%7Ea%2fb"),
        ("https://news.example/a/../b/./?b=2&a=1&utm_source=x", "", "https://news.example/a/../b/./?b=2&a=1&utm_source=x"),
        ("https://news.example/a;?b;", "https://other.example/", "https://news.example/a;?b;"),
        ("https://münchen.example/", "", "https://xn--mnchen-3ya.example/"),
        ("https://a_b.example/", "", "https://a_b.example/"),
        ("https:\\\\news.example\\a?b\\c", "", "https://news.example/a?b%5Cc"),
        ("http://[2001:DB8:0:0::1]/", "", "http://[2001:db8::1]/"),
        ("http://localhost:8080/x", "", "http://localhost:8080/x"),
        ("../b?x=1", "https://news.example/x/y/z", "https://news.example/x/b?x=1"),
        ("//cdn.example/x", "https://news.example/", "https://cdn.example/x"),
    ],
)
def test_as_it_is_fetched(given: str, base: str, cleaned: str) -> None:
    assert clean_url(given, base) == cleaned


@pytest.mark.parametrize(
    "url",
    [
        "", "#top", "a/b", "//news.example/", "mailto:a@news.example", "javascript:void(0)", "ftp://news.example/", "file:///etc/passwd",
        "data:text/html,x", "http://", "http:///a", "http://me:pw@news.example/", "http://me@news.example/", "http://news.example:0/",
        "http://news.example:65536/", "http://news.example:x/", "http://[::1", "http://[nonsense]/", "http://[fe80::1%25eth0]/",
        "http://a..example/", "http://-ü.example/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://256.1.1.1/",
        "http://news.example/" + "a" * MAX_URL_CHARS, "http://" + "a" * 64 + ".example/", "http://ne ws.example/", "http://news.example/" + "ü" * 40_000,
    ],
)  # fmt: skip
def test_what_cannot_be_fetched(url: str) -> None:
    assert clean_url(url) is None


@given(ANY_ADDRESS, st.sampled_from(["", "https://b.example/x/", "http://[bad"]))
@example("http://\ud800.example/", "")
def test_any_string_is_cleaned_once_and_for_all(url: str, base: str) -> None:
    cleaned = clean_url(url, base)
    if cleaned is not None:
        assert clean_url(cleaned) == cleaned
        assert cleaned.isascii()
        assert domain_of(cleaned)


@given(st.from_regex(READY, fullmatch=True))
def test_what_is_taken_as_ready_is(url: str) -> None:
    assert _fetchable(url, "https://b.example/") == url


@given(ANY_ADDRESS)
def test_a_key_is_its_own_key(url: str) -> None:
    key = url_key(url)
    assert url_key(key) == key
    assert 0 <= key_hash(key) < 2**64
    cleaned = clean_url(url)
    if cleaned is not None:
        assert url_key(cleaned) == key


@pytest.mark.parametrize(
    "spelling",
    [
        "http://www.news.example/a?b=2&c=ü",
        "https://WWW.News.Example:443/a?c=%C3%BC&b=2#comments",
        "https://www.news.example:80/a?b=2&c=%c3%bc",
        "https://www.news.example./x/../a?b=2&c=ü",
        "https://www.news.example//./%61?utm_source=rss&b=2&utm_medium=feed&c=ü&fbclid=1&at_campaign=x",
        "https://www.news.example/a?b=2&amp;utm_source=rss&c=ü&OCID=x&CMP=y&ns_mchannel=rss&xtor=RSS-1&_ga=1&wt_mc=z&mc_cid=1",
    ],
)
def test_spellings_of_one_page(spelling: str) -> None:
    assert url_key(spelling) == "http://www.news.example/a?b=2&c=%C3%BC"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a", "https://www.news.example/a"),
        ("https://news.example/a", "https://news.example/a/"),
        ("https://news.example/A", "https://news.example/a"),
        ("https://news.example/?12345", "https://news.example/?12346"),
        ("https://news.example/a%2Fb", "https://news.example/a/b"),
        ("https://news.example:8080/", "https://news.example/"),
        *((f"https://news.example/a?{name}=1", f"https://news.example/a?{name}=2") for name in (
            "cid uid id p page article gallery source keyword session reference ref medium campaign mod src from partner lang at q cmp_id".split()
        )),
    ],
)  # fmt: skip
def test_pages_that_are_told_apart(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.co.uk:8080/a", "news.co.uk"),
        ("https://me.github.io/", "github.io"),
        ("https://co.uk/", "co.uk"),
        ("https://www.news.example./", "news.example"),
        ("https://www.münchen.de/", "xn--mnchen-3ya.de"),
        ("http://192.0.2.7/", "192.0.2.7:80"),
        ("https://192.0.2.7/", "192.0.2.7:443"),
        ("http://192.0.2.7:8001/", "192.0.2.7:8001"),
        ("http://[::1]/", "[::1]:80"),
        ("http://[0:0::1]:81/", "[::1]:81"),
        ("http://[::ffff:192.0.2.7]/", "192.0.2.7:80"),
        ("http://[::ffff:c000:207]:8001/", "192.0.2.7:8001"),
        ("http://localhost/", "localhost:80"),
        ("http://LOCALHOST:8001/a", "localhost:8001"),
        ("nonsense", ""),
        ("http://[bad", ""),
        ("mailto:a@news.example", ""),
    ],
)
def test_domains(url: str, domain: str) -> None:
    assert domain_of(url) == domain


def test_hashes_and_lanes_never_change() -> None:
    assert key_hash("http://news.example/a") == 13297675335702758952
    assert [lane_of(domain) for domain in ("news.example", "bbc.co.uk", "localhost:80")] == [14, 61, 28]
    assert key_hash("\ud800") >= 0


@given(st.text(max_size=20))
def test_every_domain_has_a_lane(domain: str) -> None:
    assert 0 <= lane_of(domain) < LANES
