"""Hosts that are kept, and hosts that are left out."""

import pytest

from tasks.errors import FixTheRun
from tasks.filters import hosts, not_hosts
from tasks.reasons import Reason
from tests.tasks.filters.articles import article

LISTED = ["news.example", "www.news.example", "a.b.news.example.", "xn--bcher-kva.example"]
OTHERS = ["oldnews.example", "example", "news.example.org", ""]


@pytest.mark.parametrize("host", LISTED)
def test_a_host_stands_for_all_below_it(host):
    assert hosts.make("news.example, bücher.example")(article("a", host=host)) is None
    answer = not_hosts.make("news.example,bücher.example")(article("a", host=host))
    assert (answer.reason, answer.detail) == (Reason.UNWANTED_HOST, host)


@pytest.mark.parametrize("host", OTHERS)
def test_all_others(host):
    answer = hosts.make("news.example")(article("a", host=host))
    assert (answer.reason, answer.detail or "") == (Reason.OTHER_HOST, host)
    assert not_hosts.make("news.example")(article("a", host=host)) is None


@pytest.mark.parametrize("module", [hosts, not_hosts])
@pytest.mark.parametrize(
    "option",
    ["", "https://a.example", "a.example/path", "a.example:80", "a.example,", "a.example # b", "a.example\nb.example", "localhost"],
)
def test_what_is_no_host_is_refused(module, option):
    with pytest.raises(FixTheRun, match="hosts or domains"):
        module.make(option)
