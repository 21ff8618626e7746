"""Opt-outs are honoured, or the filter is not there."""

from dataclasses import replace

import pytest

from tasks.errors import FixTheRun
from tasks.filters import opt_outs
from tasks.reasons import Reason, Stage
from tasks.records import Article, Rejection
from tests.demo.archive import page as golden
from tests.tasks.test_pressing import press

CHECK = opt_outs.make("honour")


def article(*signals: str) -> Article:
    found = press(golden("harbour_bridge"))
    assert isinstance(found, Article)
    return replace(found, opt_outs=signals)


def test_only_what_forbids_to_publish():
    assert CHECK(article()) is None
    assert CHECK(article("x-robots-tag:nosnippet", "meta:noimageai")) is None
    rejection = CHECK(article("meta:nosnippet", "x-robots-tag:noai", "tdm-reservation:1"))
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.reason, rejection.detail) == (Stage.FILTER, Reason.OPTED_OUT, "x-robots-tag:noai")


@pytest.mark.parametrize("option", ["", "record", "Honour"])
def test_other_options_are_refused(option):
    with pytest.raises(FixTheRun, match="opt_outs=honour"):
        opt_outs.make(option)
