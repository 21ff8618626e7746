"""robots.txt by RFC 9309: what it allows, what an answer to it means, and for how long."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.robots import MOST_BYTES, RobotsCopy, Rules, origin_of, read_robots, robots_url

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = "https://www.news.example"
TOKEN = "newsbot"


def answer(body: bytes = b"", status: int = 200, truncated: str | None = None, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(f"{SITE}/robots.txt", status, "", named, body, truncated, None, NOW, 0.1, ())


def read(outcome: Answer | Failure, before: RobotsCopy | None = None) -> RobotsCopy:
    return read_robots(SITE, before, outcome, NOW)


def rules(text: str | bytes, token: str = TOKEN) -> Rules:
    return Rules(read(answer(text.encode() if isinstance(text, str) else text)), token)


GROUPS = """
User-agent: *
Disallow: /all/

User-agent: news
Disallow: /news/

User-agent: NewsBot
Disallow: /ours/
Allow: /ours/open/

User-agent: otherbot
User-agent: newsbot/1.0
Disallow: /shared/
"""

PATHS = [
    # What is longer wins, wherever it stands; of equals Allow does.
    ("longest match", "User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
    ("longest match, turned round", "User-agent: *\nDisallow: /a/b\nAllow: /a", "/a/x", True),
    ("longer Allow", "User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),
    ("Allow wins ties", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    ("longest by wildcard", "User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
    # Wildcards.
    ("star within", "User-agent: *\nDisallow: /*/print", "/2026/03/print", False),
    ("star and query", "User-agent: *\nDisallow: /*?s=", "/a?s=1", False),
    ("star alone", "User-agent: *\nDisallow: *", "/a", False),
    ("dollar at the end", "User-agent: *\nDisallow: /a$", "/a", False),
    ("dollar, and more", "User-agent: *\nDisallow: /a$", "/ab", True),
    ("dollar within is a letter", "User-agent: *\nDisallow: /a$b", "/a$b", False),
    ("star and dollar", "User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
    ("star and dollar, and a query", "User-agent: *\nDisallow: /*.pdf$", "/x.pdf?page=2", True),
    # Percent-encoding, and letters beyond ASCII.
    ("encoded letter", "User-agent: *\nDisallow: /%7Ejoe", "/~joe/", False),
    ("encoded slash is none", "User-agent: *\nDisallow: /a/b", "/a%2Fb", True),
    ("encoded in either case", "User-agent: *\nDisallow: /a%2fb", "/a%2Fb", False),
    ("rule as letters", "User-agent: *\nDisallow: /ニュース", "/%E3%83%8B%E3%83%A5%E3%83%BC%E3%82%B9", False),
    ("address as letters", "User-agent: *\nDisallow: /%E3%83%8B", "/ニ", False),
    ("bytes of Latin-1", b"User-agent: *\nDisallow: /caf\xe9\nDisallow: /x", "/x", False),
    ("path in its case", "User-agent: *\nDisallow: /A", "/a", True),
    # Which group is ours.
    ("no group for us", "User-agent: otherbot\nDisallow: /", "/", True),
    ("our own group alone", GROUPS, "/all/", True),
    ("part of our name is another", GROUPS, "/news/", True),
    ("name in any case", GROUPS, "/ours/", False),
    ("its exception", GROUPS, "/ours/open/", True),
    ("group of several, with a version, merged", GROUPS, "/shared/", False),
    ("longer name is another", "User-agent: newsbot-images\nDisallow: /", "/", True),
    ("name with a remark", "User-agent: newsbot # the old one\nDisallow: /", "/", False),
    ("name with a remark at once", "User-agent: newsbot#\nDisallow: /", "/", False),
    (
        "groups of everybody merged",
        "User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow:\n\nUser-agent: *\nDisallow: /b",
        "/b",
        False,
    ),
    ("we, with everybody", "User-agent: *\nUser-agent: newsbot\nDisallow: /a", "/a", False),
    ("three spellings of us", "User-agent: newsbot/2 (x)\nDisallow: /a\nUser-agent: NEWSBOT\nDisallow: /b", "/a", False),
    ("agent without a name", "User-agent:\nDisallow: /", "/", True),
    ("rules before any group", "Disallow: /\nUser-agent: *\nDisallow: /a", "/b", True),
    # Lines.
    ("BOM", b"\xef\xbb\xbfUser-agent: newsbot\nDisallow: /", "/", False),
    ("CRLF", "User-agent: *\r\nDisallow:\r\n\r\nUser-agent: newsbot\r\nDisallow: /\r\n", "/", False),
    ("CR", "User-agent: *\rDisallow:\r\rUser-agent: newsbot\rDisallow: /\r", "/", False),
    ("blank lines in a group", "User-agent: newsbot\n\n\nDisallow: /", "/", False),
    ("blanks and cases", "  USER-AGENT :newsbot\n\tdisallow :  /a  # yes", "/a", False),
    ("a colon left out", "User-agent newsbot\nDisallow /a", "/a", False),
    ("slips of the pen", "Useragent: newsbot\nDissallow: /a", "/a", False),
    ("comments alone", "# User-agent: *\n# Disallow: /", "/", True),
    ("empty Disallow", "User-agent: *\nDisallow:", "/", True),
    ("empty Disallow ends the names", "User-agent: x\nDisallow:\nUser-agent: newsbot\nDisallow: /", "/", False),
    ("empty Allow", "User-agent: *\nAllow:\nDisallow: /", "/", False),
    ("sitemap between names", "User-agent: newsbot\nSitemap: https://a.example/s\nUser-agent: x\nDisallow: /", "/", False),
    ("unknown field between names", "User-agent: newsbot\nNoarchive: /\nUser-agent: x\nDisallow: /", "/", False),
    ("unknown field between rules", "User-agent: *\nDisallow: /a\nHost: x.example\nDisallow: /b", "/b", False),
    ("a delay is a rule", "User-agent: *\nCrawl-delay: 5\n\nUser-agent: x\nDisallow: /", "/", True),
    ("empty file", "", "/", True),
    ("a web page", "<!doctype html><title>Not found</title><p>User-agent: *<br>Disallow: /", "/", True),
    ("UTF-16", "User-agent: *\nDisallow: /".encode("utf-16"), "/", True),
    ("robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", True),
    ("an address without a path", "User-agent: *\nDisallow: /", "", False),
    ("fragments are no part", "User-agent: *\nDisallow: /a$", "/a#top", False),
]


@pytest.mark.parametrize(("text", "path", "allowed"), [case[1:] for case in PATHS], ids=[case[0] for case in PATHS])
def test_what_is_allowed(text, path, allowed):
    assert rules(text).allows(SITE + path) is allowed


@pytest.mark.parametrize("token", ["a", "news", "ours", "others", "News-Bot", "x_y"])
def test_our_token_may_be_any(token):
    told = rules(
        f"User-agent: {token}\nDisallow: /a\n\nUser-agent: {token}z\nDisallow: /\n\nUser-agent: *\nDisallow: /b", token.swapcase()
    )
    assert [told.allows(SITE + path) for path in ("/a", "/b", "/c")] == [False, True, True]


def test_the_first_500_kib_count():
    line = b"# nothing but a remark\n"
    filler = line * (MOST_BYTES // len(line) - 1)
    assert not rules(b"User-agent: *\n" + filler + b"Disallow: /").allows(SITE + "/")
    assert rules(b"User-agent: *\n" + filler * 2 + b"Disallow: /").allows(SITE + "/")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_half_a_line_is_no_rule(end):
    head = b"User-agent: *" + end + b"Disallow: /a" + end
    cut = Rules(read(answer(head + b"Allow: /", truncated="length")), TOKEN)
    assert not cut.allows(SITE + "/a")
    filler = b"#" * (MOST_BYTES - len(head) - len(end) - len(b"Disallow: /"))
    long = rules(head + filler + end + b"Disallow: /private/")
    assert [long.allows(SITE + path) for path in ("/a", "/b")] == [False, True]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5), ("0.5", 0.5), (" 10 # ten", 10), ("1e3", 1000), ("0", 0), ("99999999999", 366 * 86_400)]
    + [(bad, 0) for bad in ("-1", "nan", "inf", "1e400", "soon", "", "0x10", "5 s")],
)
def test_crawl_delay(value, seconds):
    assert rules(f"User-agent: *\nCrawl-delay: {value}\nDisallow: /a").crawl_delay_seconds == seconds


def test_crawl_delay_is_our_own_groups():
    text = "User-agent: *\nCrawl-delay: 30\n\nUser-agent: newsbot/3\nCrawl delay: 4"
    assert rules(text).crawl_delay_seconds == 4
    assert rules(text, "otherbot").crawl_delay_seconds == 30
    assert rules("User-agent: otherbot\nCrawl-delay: 30").crawl_delay_seconds == 0


def test_sitemaps_are_for_all_as_they_are_written():
    text = "Sitemap: https://a.example/one.xml\nUser-agent: x\nDisallow: /\nSITEMAP: /two.xml # second\nSitemap:"
    assert rules(text).sitemaps == ("https://a.example/one.xml", "/two.xml")


@pytest.mark.parametrize("status", [300, 301, 302, 304, 308, 400, 401, 403, 404, 410, 418, 451])
def test_no_rules_for_a_day_where_the_site_has_none(status):
    copy = read(answer(b"User-agent: *\nDisallow: /", status))
    assert Rules(copy, TOKEN).allows(SITE + "/a")
    assert (copy.until, copy.failures) == (NOW + timedelta(days=1), 0)


TORN = [answer(b"User-agent: *\nDis", truncated=why) for why in ("time", "disconnect")]
FAILED = [Failure(SITE, kind, "", NOW, 0.1) for kind in FailureKind]


@pytest.mark.parametrize("outcome", [*(answer(b"", status) for status in (429, 500, 502, 503, 599)), *FAILED, *TORN])
def test_nothing_is_allowed_where_nobody_knows(outcome):
    copy, minutes = None, []
    for _ in range(7):
        copy = read(outcome, copy)
        minutes.append((copy.until - NOW) / timedelta(minutes=1))
    assert minutes == [5, 10, 20, 40, 60, 60, 60]
    assert copy.is_unreachable
    assert [Rules(copy, TOKEN).allows(SITE + path) for path in ("/", "/a", "/robots.txt")] == [False, False, True]
    assert Rules(copy, TOKEN).crawl_delay_seconds == 0
    again = read(answer(b"User-agent: *\nDisallow: /a"), copy)
    assert (again.failures, again.is_unreachable, Rules(again, TOKEN).allows(SITE + "/b")) == (0, False, True)


@pytest.mark.parametrize(
    ("told", "hours"),
    [
        ("max-age=7200", 2),
        ("public, MAX-AGE = 7200", 2),
        ('max-age="7200"', 2),
        ("max-age=60", 1),
        ("max-age=0, no-cache", 1),
        ("max-age=31536000", 24),
        ("max-age=" + "9" * 40, 24),
        ("s-maxage=60", 24),
        ("max-age=soon", 24),
        ("no-store", 24),
        ("", 24),
    ],
)
def test_how_long_a_copy_is_valid(told, hours):
    assert read(answer(b"", Cache_Control=told)).until == NOW + timedelta(hours=hours)


def test_an_origin_is_scheme_host_and_port():
    assert origin_of("https://me:secret@News.example:8443/a?b#c") == "https://news.example:8443"
    assert robots_url("http://news.example/a/robots.txt?x") == "http://news.example/robots.txt"


words = st.sampled_from(
    "User-agent: Disallow: Allow: Crawl-delay: Sitemap: Request-rate: Visit-time: * newsbot / $ % %zz //[ http:// # 1/5s".split()
)
pieces = words.map(str.encode) | st.sampled_from([b"\n", b"\r", b" ", b"\x0b", b"\xe2\x80\xa8", b"\x00"]) | st.binary(max_size=4)
paths = st.text(max_size=20) | st.sampled_from(["", "/", "/%", "/%e3%", "/*", "/$", "//x", "/?"])


@given(st.lists(pieces, max_size=60).map(b"".join) | st.binary(max_size=300), paths, st.sampled_from([None, "length", "time"]))
def test_no_bytes_raise(body, path, truncated):
    told = Rules(read(answer(body, truncated=truncated)), TOKEN)
    assert told.allows(f"{SITE}/{path}") in {True, False}
    assert 0 <= told.crawl_delay_seconds < 1e9
    assert told.allows(SITE + "/robots.txt")
    assert all(isinstance(sitemap, str) for sitemap in told.sitemaps)


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
    st.text(st.characters(categories=["L", "N"]), min_size=1),
)
def test_a_disallowed_folder_is_disallowed_whatever_else_is_said_of_others(folder, other):
    text = f"User-agent: x{other}\nAllow: /\n\nUser-agent: newsbot\nDisallow: /{folder}/\n\nUser-agent: *\nAllow: /{folder}/page\n"
    assert not rules(text).allows(f"{SITE}/{folder}/page")


BOMBS = {
    "one rule of stars": "User-agent: *\nDisallow: /" + "*a" * 250_000 + "b",
    "many rules of stars": "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 100}{number}\n" for number in range(2000)),
    "many names": "".join(f"User-agent: bot{number}\n" for number in range(25_000)) + "Disallow: /",
    "many groups of ours": "User-agent: newsbot\nDisallow: /a\n" * 15_000,
    "blanks": "User-agent" + " " * 250_000 + "\n" + " " * 250_000 + ":",
    "dollars": "User-agent: *\n" + "".join(f"Disallow: /${number}$\n" for number in range(20_000)),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_quick(text):
    begun = time.process_time()
    told = rules(text)
    for number in range(10):
        told.allows(f"{SITE}/{'a' * 2000}{number}")
    assert time.process_time() - begun < 5
