"""What a server's head forbids, to everybody or to us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.opt_outs import NOT_TO_BE_KEPT, TOKENS, header_opt_outs, is_honoured


def signals(value: str, agent: str = "pressrun") -> list[str]:
    return [signal.removeprefix("x-robots-tag:") for signal in header_opt_outs([("X-Robots-Tag", value)], agent)]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("noai", ["noai"]),
        ("NoIndex, NOARCHIVE", ["noindex", "noarchive"]),
        ("index, follow, max-snippet:-1, noai", ["noai"]),
        ("max-snippet:-1, max-image-preview:large, noarchive", ["noarchive"]),
        ("max-image-preview:large, noai", ["noai"]),
        ("max-video-preview: 3 , none", ["none"]),
        ("unavailable_after: 25 Jun 2030 15:00:00 GMT", []),
        ("unavailable_after: 2030-06-25, noindex", ["noindex"]),
        ("otherbot: noai, noindex", []),
        ("pressrun: noai", ["noai"]),
        ("PressRun : noai, noindex", ["noai", "noindex"]),
        ("pressrunner: noai", []),
        ("follow", []),
        ("", []),
        (":", []),
        ("noai, noai", ["noai"]),
    ],
)
def test_x_robots_tag(value, found):
    assert signals(value) == found


def test_who_has_no_name_hears_what_is_for_everybody():
    head = [("X-Robots-Tag", "pressrun: noai"), ("x-robots-tag", "noindex"), ("TDM-Reservation", " 1 "), ("tdm-reservation", "1")]
    assert header_opt_outs(head) == ("x-robots-tag:noindex", "tdm-reservation:1")
    assert header_opt_outs([("TDM-Reservation", "0"), ("TDM-Policy", "1")]) == ()


@given(st.lists(st.tuples(st.sampled_from(["X-Robots-Tag", "TDM-Reservation", "Server"]), st.text(max_size=30)), max_size=6))
def test_any_head(head):
    found = header_opt_outs(head, "pressrun")
    assert len(set(found)) == len(found)
    assert all(signal == "tdm-reservation:1" or signal.removeprefix("x-robots-tag:") in TOKENS for signal in found)


def test_what_is_not_to_be_kept_is_not_to_be_published():
    assert all(is_honoured(signal) for signal in NOT_TO_BE_KEPT)
    assert is_honoured("meta:noai")
    assert not any(map(is_honoured, ("x-robots-tag:nosnippet", "meta:noimageai", "tdm-reservation:0", "other:noai", "noai")))
