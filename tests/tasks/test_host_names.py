"""What a person may write into a list of hosts, and which hosts it then stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import FixTheRun
from tasks.host_names import Hosts, read_hosts

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "org"]))


def test_a_list_is_tidied():
    text = "\ufeffNews.Example.ORG\n\n# papers\nexample.com   # a remark\r\nexample.com\n192.0.2.7\nfoo_bar.example.org\n"
    assert read_hosts(text) == ("192.0.2.7", "example.com", "foo_bar.example.org", "news.example.org")


@pytest.mark.parametrize(
    ("written", "name"),
    [("Zürich.example", "xn--zrich-kva.example"), ("straße.de", "xn--strae-oqa.de"), ("新聞。日本", "xn--efvv70d.xn--wgv71a")],
)
def test_names_are_spelled_as_the_web_spells_them(written, name):
    assert read_hosts(written) == (name,)


WRONG = """https://example.org example.org/news example.org:80 a..org .example.org example.org. -a.org a-.org *.example.org org
localhost user@example.org 1.2.3 256.1.1.1 1.2.3.4.5 [::1] \u0301a.org example.org,example.com a.123"""


@pytest.mark.parametrize("line", [*WRONG.split(), "two words.org", "a" * 64 + ".org", ".".join(["a" * 60] * 5)])
def test_what_is_no_host_is_refused(line):
    with pytest.raises(FixTheRun, match="one host or domain"):
        read_hosts(f"example.com\n{line}")


def test_the_first_five_wrong_lines_are_named():
    text = "\n".join(["example.org", "", *(f"http://{n}.example" for n in range(7))])
    with pytest.raises(FixTheRun) as refused:
        read_hosts(text)
    assert "lines 3, 4, 5, 6, 7 and 2 more of" in str(refused.value)
    assert "'http://0.example'" in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(FixTheRun, match="in line 2 of"):
        read_hosts("a.org\nb")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_an_empty_list_is_refused(text):
    with pytest.raises(FixTheRun, match="empty"):
        read_hosts(text)


def test_an_entry_stands_for_itself_and_all_below_it():
    hosts = Hosts(["example.org", "news.example.com"])
    for host in ("example.org", "www.example.org", "a.b.c.example.org", "EXAMPLE.org", "example.org.", "x.news.example.com"):
        assert hosts.takes(host)
    for host in ("notexample.org", "example.org.uk", "example.com", "org", "", ".", "xnews.example.com", "example"):
        assert not hosts.takes(host)


@given(st.sets(NAMES, min_size=1, max_size=6), NAMES)
def test_taking_is_ending_with_an_entry(names, host):
    assert Hosts(names).takes(host) == any(host == name or host.endswith(f".{name}") for name in names)
    assert read_hosts("\n".join(names)) == tuple(sorted(names))


def test_a_password_in_a_line_is_not_repeated() -> None:
    with pytest.raises(FixTheRun, match=r"no hosts in line 1 .*'host\.example/rss'") as refused:
        read_hosts("https://me:planted@host.example/rss\n")
    assert "planted" not in str(refused.value)
