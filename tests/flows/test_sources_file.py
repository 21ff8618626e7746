"""A file of sources is taken whole, or refused with one line that names the file and the place in it."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources_file import EXAMPLE, read_sources
from tasks.errors import FixTheRun
from tasks.sites import Agenda, Agent, Limits, Site
from tasks.storage import open_store

AGENT = '[agent]\nname = "examplebot"\ncontact = "https://example.org/bot"\n'
SITE = '[[site]]\nname = "A"\nfeeds = ["https://a.example/rss"]\n'


def written(tmp_path, text: str | bytes) -> str:
    path = tmp_path / "sources.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def read(tmp_path, text: str | bytes) -> Agenda:
    return read_sources(written(tmp_path, text))


def test_the_example_that_is_shown_to_people_is_one(tmp_path):
    agenda = read(tmp_path, EXAMPLE)
    assert agenda == Agenda(
        Agent("examplebot", "https://example.org/bot"), Limits(), (Site("Example Times", feeds=("https://example.org/rss",)),)
    )


def test_all_that_can_be_said(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "old.txt").write_text("# old ones\nhttps://a.example/1\n\nhttps://a.example/2#top\n")
    agenda = read(
        tmp_path,
        AGENT
        + """
[limits]
delay_seconds = 0.5
minutes = 5
newest_days = 7
most_urls = 10
max_page_mb = 1
allow_networks = ["10.1.0.0/16", "fd00:1::/32"]
[[site]]
name = "A"
feeds = ["https://a.example/rss", "http://a.example/Atom?x=1&y=2"]
sitemaps = ["https://a.example/s.xml"]
urls = ["https://a.example/ä#x"]
url_lists = ["lists/old.txt"]
home = "https://a.example"
delay_seconds = 3
most_urls = 4
include = ['/\\d+']
exclude = ["video"]
language = "de"
[[site]]
name = "B"
home = "https://b.example/"
""",
    )
    assert agenda.limits == Limits(0.5, 5.0, 7.0, 10, 1.0, ("10.1.0.0/16", "fd00:1::/32"))
    assert agenda.sites == (
        Site(
            "A",
            ("https://a.example/rss", "http://a.example/Atom?x=1&y=2"),
            ("https://a.example/s.xml",),
            ("https://a.example/%C3%A4", "https://a.example/1", "https://a.example/2"),
            "https://a.example/",
            3.0,
            4,
            (r"/\d+",),
            ("video",),
            "de",
        ),
        Site("B", home="https://b.example/"),
    )
    assert Agenda.from_json(agenda.to_json()) == agenda


@pytest.mark.parametrize("contact", ["https://example.org/bot", "http://example.org", "mailto:bot@example.org", "bot@example.org"])
def test_contacts(tmp_path, contact):
    assert read(tmp_path, AGENT.replace("https://example.org/bot", contact) + SITE).agent.contact == contact


def test_a_byte_order_mark_is_no_matter(tmp_path):
    assert len(read(tmp_path, b"\xef\xbb\xbf" + (AGENT + SITE).encode()).sites) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "agent: Field required (an [agent] table with name and contact has to be there"),
        (SITE, "agent: Field required"),
        (AGENT, "site: Field required (at least one [[site]]"),
        (AGENT + "site = []\n", "agent.site: Extra inputs"),
        ("site = []\n" + AGENT, "site: List should have at least 1 item"),
        ('[agent]\nname = "a bot"\ncontact = "bot@example.org"\n' + SITE, "agent.name: "),
        ('[agent]\nname = "examplebot/1.0"\ncontact = "bot@example.org"\n' + SITE, "letters, hyphens and underscores"),
        ('[agent]\nname = "examplebot\\n"\ncontact = "bot@example.org"\n' + SITE, "agent.name: "),
        ('[agent]\nname = "examplebot"\n' + SITE, "agent.contact: Field required (a page or mail address"),
        ('[agent]\nname = "examplebot"\ncontact = "me"\n' + SITE, "agent.contact: "),
        ('[agent]\nname = "examplebot"\ncontact = "bot@example.org\\nX: y"\n' + SITE, "agent.contact: "),
        (AGENT + 'mood = "good"\n' + SITE, "agent.mood: Extra inputs are not permitted"),
        (AGENT + SITE + "feed = []\n", "site.1.feed: Extra inputs are not permitted"),
        (AGENT + "[limit]\n" + SITE, "limit: Extra inputs are not permitted"),
        (AGENT + SITE.replace("https://a.example/rss", "a.example/rss"), "site.1.feeds.1: 'a.example/rss' is no address"),
        (AGENT + SITE.replace("https://a.example/rss", "https://"), "site.1.feeds.1: 'https://' is no address"),
        (AGENT + SITE + 'include = ["ok", "("]\n', "site.1.include.2: '(' is no regular expression"),
        (AGENT + SITE + SITE, "two sites are called 'A'"),
        (AGENT + '[[site]]\nname = "A"\n', "site 'A' has no feeds, sitemaps, urls, url_lists or home"),
        (AGENT + '[[site]]\nname = ""\nhome = "https://a.example"\n', "site.1.name: "),
        (AGENT + "[limits]\ndelay_seconds = 0.9\n" + SITE, "limits.delay_seconds below 1 is for networks of one's own"),
        (AGENT + "[limits]\ndelay_seconds = 0\n" + SITE, "limits.delay_seconds: "),
        (AGENT + "[limits]\ndelay_seconds = nan\n" + SITE, "limits.delay_seconds: "),
        (AGENT + "[limits]\nnewest_days = inf\n" + SITE, "limits.newest_days: "),
        (AGENT + "[limits]\nnewest_days = nan\n" + SITE, "limits.newest_days: "),
        (AGENT + "[limits]\nnewest_days = 800000\n" + SITE, "limits.newest_days: "),
        (AGENT + "[limits]\nminutes = 0\n" + SITE, "limits.minutes: "),
        (AGENT + "[limits]\nmost_urls = 1.5\n" + SITE, "limits.most_urls: "),
        (AGENT + '[limits]\nallow_networks = ["10.1.0.1/16"]\n' + SITE, "limits.allow_networks: 10.1.0.1/16 has host bits set"),
        (AGENT + '[limits]\nallow_networks = ["localhost"]\n' + SITE, "limits.allow_networks: "),
        (AGENT + "[limits]\nminutes = true\n" + SITE, "limits.minutes: Input should be a valid number"),
        (AGENT + '[limits]\nminutes = "30"\n' + SITE, "limits.minutes: Input should be a valid number"),
        (AGENT + SITE + "most_urls = true\n", "site.1.most_urls: Input should be a valid integer"),
        (AGENT + SITE + 'language = "de\\r\\nX-Evil: 1"\n', "site.1.language: a language is a tag such as de or pt-BR"),
        (AGENT + SITE + 'language = "d\\u0000e"\n', "site.1.language: a language is a tag"),
        (AGENT.replace("https://example.org/bot", "bot@exa\\u0001mple.org") + SITE, "agent.contact: a contact is one line"),
        (AGENT.replace("https://example.org/bot", "https://example.org/\\u007fbot") + SITE, "agent.contact: a contact is one line"),
        (AGENT + SITE + 'url_lists = ["."]\n', "names no file"),
        (AGENT + SITE + 'url_lists = [".."]\n', "names no file"),
        (AGENT + SITE + 'url_lists = ["a\\u0000b"]\n', "names no file"),
        (AGENT + SITE + 'url_lists = ["nowhere.txt"]\n', "there is no list of addresses at"),
        (AGENT + SITE + "name = \n", "is no TOML: "),
        (AGENT + SITE + 'name = "B"\n', "is no TOML: "),
        (b"\xff\xfe" + AGENT.encode("utf-16-le"), "is no UTF-8"),
        (AGENT.encode() + b"# \xe4\n" + SITE.encode(), "is no UTF-8"),
    ],
)
def test_what_is_refused(tmp_path, text, says):
    with pytest.raises(FixTheRun) as refused:
        read(tmp_path, text)
    (line,) = str(refused.value).splitlines()
    assert says in line
    assert line.startswith(str(tmp_path / "sources.toml"))


SECRET = "planted-s3cr3t"
WITH_SECRET = f"http://user:{SECRET}@host.example/rss"


@pytest.mark.parametrize(
    "text",
    [
        AGENT + SITE.replace("https://a.example/rss", WITH_SECRET),
        AGENT + SITE.replace("https://a.example/rss", f"user:{SECRET}@host.example/rss"),
        AGENT + SITE.replace("https://a.example/rss", f"ftp://{SECRET}@host.example/rss"),
        AGENT + SITE.replace("https://a.example/rss", f"http://user:p/{SECRET}@host.example/rss"),
        AGENT + SITE.replace("https://a.example/rss", f"http://user:a@{SECRET}/b@host.example/rss"),
        AGENT + SITE + f'sitemaps = ["{WITH_SECRET}"]\n',
        AGENT + SITE + f'urls = ["https://a.example/", "{WITH_SECRET}"]\n',
        AGENT + SITE + f'home = "{WITH_SECRET}"\n',
        AGENT + SITE + f'url_lists = ["{WITH_SECRET}"]\n',
        AGENT + SITE + f'url_lists = ["{WITH_SECRET}/"]\n',
        AGENT + SITE + 'url_lists = ["list.txt"]\n',
        AGENT.replace("https://example.org/bot", WITH_SECRET) + SITE,
        AGENT.replace("https://example.org/bot", f"user:{SECRET}@host.example") + SITE,
        AGENT.replace("https://example.org/bot", f"mailto:user:{SECRET}@host.example") + SITE,
    ],
)
def test_a_password_in_an_address_is_refused_and_told_to_nobody(tmp_path, text):
    (tmp_path / "list.txt").write_text(f"https://a.example/1\n{WITH_SECRET}\n")
    with pytest.raises(FixTheRun, match="no user or password") as refused:
        read(tmp_path, text)
    assert len(str(refused.value).splitlines()) == 1
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_an_at_sign_in_a_path_is_no_password(tmp_path):
    text = AGENT + SITE.replace("https://a.example/rss", "https://a.example/@me/feed")
    assert read(tmp_path, text).sites[0].feeds == ("https://a.example/@me/feed",)


def test_a_list_with_a_bad_line(tmp_path):
    (tmp_path / "list.txt").write_text("https://a.example/1\nnot an address\n")
    with pytest.raises(FixTheRun, match=r"list\.txt: line 2 is no address: 'not an address'"):
        read(tmp_path, AGENT + SITE + 'url_lists = ["list.txt"]\n')


def test_a_file_that_is_not_there_and_one_that_is_a_folder(tmp_path):
    with pytest.raises(FixTheRun, match=r"there is no .*nowhere\.toml; it could begin like this") as refused:
        read_sources(str(tmp_path / "nowhere.toml"))
    assert str(refused.value).endswith(EXAMPLE)
    with pytest.raises(FixTheRun):
        read_sources(str(tmp_path))
    for name in (".", "..", f"{tmp_path}/.", "", f"{tmp_path}/"):
        with pytest.raises(FixTheRun, match="names no file"):
            read_sources(name)


def test_a_file_in_the_folder_where_one_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("https://a.example/1\n")
    written(tmp_path, AGENT + SITE + 'url_lists = ["list.txt", "./list.txt"]\n')
    assert read_sources("sources.toml").sites[0].urls == ("https://a.example/1",) * 2


def test_a_list_in_the_folder_above(tmp_path):
    (tmp_path / "list.txt").write_text("https://a.example/1\n")
    (tmp_path / "inner").mkdir()
    assert read(tmp_path / "inner", AGENT + SITE + 'url_lists = ["../list.txt"]\n').sites[0].urls == ("https://a.example/1",)


def test_sources_and_lists_on_object_storage(bucket):
    store = open_store(f"{bucket}/lists")
    store.write("sources.toml", (AGENT + SITE + f'url_lists = ["more.txt", "{bucket}/other/third.txt"]\n').encode())
    store.write("more.txt", b"https://a.example/1\n")
    open_store(f"{bucket}/other").write("third.txt", b"https://a.example/2\n")
    assert read_sources(f"{bucket}/lists/sources.toml").sites[0].urls == ("https://a.example/1", "https://a.example/2")
    with pytest.raises(FixTheRun, match="there is no s3://"):
        read_sources(f"{bucket}/lists/nowhere.toml")


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))))
def test_any_other_text_is_refused(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any")
    with pytest.raises(FixTheRun) as refused:
        read(folder, text.encode("utf-8", "surrogatepass"))
    assert len(str(refused.value).splitlines()) == 1
