import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.domain import host_and_domain


@pytest.mark.parametrize(
    ("url", "host", "domain"),
    [
        ("https://WWW.News.co.uk:8080/a", "www.news.co.uk", "news.co.uk"),
        ("https://me.github.io/", "me.github.io", "github.io"),
        ("http://[2001:db8::1]:80/", "2001:db8::1", "2001:db8::1"),
        ("http://192.0.2.7/", "192.0.2.7", "192.0.2.7"),
        ("http://localhost/", "localhost", "localhost"),
        ("http://www.xn--mnchen-3ya.de/", "www.xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("http://a.unknown-suffix/", "a.unknown-suffix", "a.unknown-suffix"),
        ("http://www.news.example/", "www.news.example", "news.example"),
        ("http://[bad", "", ""),
        ("", "", ""),
    ],
)
def test_host_and_domain(url: str, host: str, domain: str) -> None:
    assert host_and_domain(url) == (host, domain)


@given(st.text(max_size=40), st.sampled_from(["", "http://", "//"]))
def test_any_address(text: str, scheme: str) -> None:
    host, domain = host_and_domain(scheme + text)
    assert bool(host) == bool(domain)
