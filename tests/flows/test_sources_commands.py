"""`pressrun sources`: a check tells of each source, OPML becomes a file that can be read, and the other way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.cli import main
from flows.exits import DONE, FAILED, FIX_THE_RUN
from flows.sources_file import EXAMPLE, read_sources
from tasks.opml import Outline, read_opml, write_opml
from tests.servers.news_web import NewsWeb

FEEDS = st.builds(
    "https://{}.example/{}".format, st.from_regex(r"[a-z]{1,3}", fullmatch=True), st.from_regex(r"[a-z0-9]{0,3}", fullmatch=True)
)
TITLES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ['"', "'''", '\\"\n[[site]]', "a = 1 # no", "\x7f\x85\u2028", "é\U0001f5de", "\t", "A", "B" * 200, "B" * 201, "B" * 500]
    ),
)
OUTLINES = st.builds(Outline, TITLES, st.one_of(st.just(""), FEEDS), FEEDS, st.sampled_from(["", "de", "x" * 35]))


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    """Exit code, output and complaints of the command."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr()
    return code, told.out, told.err


@settings(max_examples=60)
@given(st.lists(OUTLINES, min_size=1, max_size=6))
def test_opml_becomes_sources_that_can_be_read(tmp_path, capsys, outlines):
    listing, sources = tmp_path / "feeds.opml", tmp_path / "sources.toml"
    listing.write_bytes(write_opml(outlines))
    read = read_opml(listing.read_bytes())
    code, text, _ = run(capsys, "sources", "import", listing, "--name", "testbot", "--contact", "bot@example.org")
    assert code == DONE
    sources.write_text(text, encoding="utf-8", newline="")
    agenda = read_sources(str(sources))
    assert (agenda.agent.name, agenda.agent.contact) == ("testbot", "bot@example.org")
    assert [site.feeds for site in agenda.sites] == [(outline.feed_url,) if outline.feed_url else () for outline in read]
    assert [site.home for site in agenda.sites] == ["" if outline.feed_url else outline.home_url for outline in read]
    assert [site.language for site in agenda.sites] == [outline.language for outline in read]
    for site, outline in zip(agenda.sites, read, strict=True):
        title = outline.title or outline.feed_url or outline.home_url
        assert site.name[:190] == title[:190] or site.name.endswith(")")
    assert len({site.name for site in agenda.sites}) == len(agenda.sites)


def test_sources_become_opml_and_come_back(tmp_path, capsys):
    sources = tmp_path / "sources.toml"
    sources.write_text(
        '[agent]\nname = "testbot"\ncontact = "bot@example.org"\n'
        '[[site]]\nname = "A \\"quoted\\" <name>"\nfeeds = ["https://a.example/1", "https://a.example/2"]\nlanguage = "de"\n'
        '[[site]]\nname = "B"\nhome = "https://b.example/"\nsitemaps = ["https://b.example/s.xml"]\n'
        '[[site]]\nname = "C"\nsitemaps = ["https://c.example/s.xml"]\n[[site]]\nname = "D"\nurls = ["https://d.example/1"]\n'
    )
    code, text, told = run(capsys, "sources", "export", sources)
    assert code == DONE
    assert told.splitlines() == [
        "note: OPML holds feeds and home pages alone: left out: C, D",
        "note: OPML holds feeds and home pages alone: without their sitemaps and lists of addresses: B",
    ]
    assert read_opml(text.encode()) == [
        Outline('A "quoted" <name>', "https://a.example/1", "", "de"),
        Outline('A "quoted" <name>', "https://a.example/2", "", "de"),
        Outline("B", "", "https://b.example/"),
    ]
    (tmp_path / "feeds.opml").write_text(text)
    _, again, _ = run(capsys, "sources", "import", tmp_path / "feeds.opml")
    (tmp_path / "again.toml").write_text(again)
    sites = read_sources(str(tmp_path / "again.toml")).sites
    assert [site.name for site in sites] == ['A "quoted" <name>', 'A "quoted" <name> (2)', "B"]
    assert sites[2].home == "https://b.example/"


def test_an_import_says_what_it_leaves_out_and_repeats_no_password(tmp_path, capsys):
    feeds = "".join(
        f'<outline text="a" xmlUrl="{url}"/>'
        for url in ("https://me:planted@a.example/", "https://planted@b.example/", "ftp://c.example/", "https://d.example/rss")
    )
    (tmp_path / "feeds.opml").write_text(f"<opml><body>{feeds}</body></opml>")
    code, text, told = run(capsys, "sources", "import", tmp_path / "feeds.opml")
    assert code == DONE
    assert text.count("[[site]]") == 1
    assert "planted" not in text + told
    assert told.splitlines() == [
        "note: 2 addresses are left out: an address takes no user or password",
        "note: 1 address is left out: only http and https are fetched",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("import", "nowhere.opml"), FIX_THE_RUN, "there is no nowhere.opml"),
        (("import", "bad.opml"), FIX_THE_RUN, "not well formed"),
        (("import", "good.opml", "--name", "my bot"), FIX_THE_RUN, "pressrun: name: "),
        (("import", "good.opml", "--contact", "nonsense"), FIX_THE_RUN, "pressrun: contact: "),
        (("import", "good.opml", "--contact", "https://me:planted@a.example/"), FIX_THE_RUN, "takes no user or password"),
        (("import", "."), FIX_THE_RUN, "'.' names no file"),
        (("export", "."), FIX_THE_RUN, "'.' names no file"),
        (("check", "."), FIX_THE_RUN, "'.' names no file"),
        *(
            (("check", "good.toml", "--minutes", minutes), FIX_THE_RUN, "minutes: it has to be a number above 0")
            for minutes in ("nan", "-1", "0", "inf")
        ),
        (("import", "empty.opml"), FAILED, "holds no feeds"),
        (("export", "bad.opml"), FIX_THE_RUN, "is no TOML"),
        (("check", "nowhere.toml"), FIX_THE_RUN, "there is no nowhere.toml"),
    ],
)
def test_what_is_refused(tmp_path, capsys, monkeypatch, arguments, code, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.opml").write_text("<opml>")
    (tmp_path / "good.opml").write_text('<opml><body><outline xmlUrl="https://a.example/"/></body></opml>')
    (tmp_path / "good.toml").write_text(EXAMPLE)
    (tmp_path / "empty.opml").write_text("<opml><body/></opml>")
    found, out, err = run(capsys, "sources", *arguments)
    assert (found, out) == (code, "")
    assert says in err
    assert "planted" not in err


def test_a_check_tells_of_every_source(tmp_path, capsys):
    with NewsWeb(sites=2, articles=3) as web:
        good, bad = web.sites
        bad.behave("html", path=bad.feed_url)
        sources = tmp_path / "sources.toml"
        sources.write_text(
            '[agent]\nname = "testbot"\ncontact = "https://example.org/bot"\n'
            '[limits]\ndelay_seconds = 0.05\nallow_networks = ["127.0.0.0/8"]\n'
            f'[[site]]\nname = "Good"\nfeeds = ["{good.feed_url}"]\n[[site]]\nname = "Bad"\nfeeds = ["{bad.feed_url}"]\n'
        )
        code, out, err = run(capsys, "sources", "check", sources, "--in", tmp_path / "corpus")
        assert code == FAILED
        assert f"ok      Good: feed {good.feed_url}" in out
        assert f"PROBLEM Bad: feed {bad.feed_url}" in out
        assert "no feed: its first element is 'html'" in out
        assert "3 dated items" in out
        assert out.endswith("2 sources, 1 with problems\n")
        assert "as testbot/" in err
        assert {each.headers["user-agent"].partition("/")[0] for each in web.log} == {"testbot"}
        assert list((tmp_path / "corpus" / "state" / "lanes").iterdir())
        bad.behave_well()
        assert run(capsys, "sources", "check", sources)[0] == DONE
