import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.pages.tree import Unparsable, parse_html
from tasks.reasons import Reason


def test_an_xml_declaration_does_not_stop_the_parser() -> None:
    tree = parse_html('<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>Zürich</p></body></html>')
    assert tree.text_content() == "Zürich"


def test_a_declared_charset_does_not_matter_any_more() -> None:
    tree = parse_html('<html><head><meta charset="koi8-r"></head><body>Zürich</body></html>')
    assert tree.text_content() == "Zürich"


def test_comments_go_and_scripts_stay() -> None:
    tree = parse_html("<html><body><!-- no --><script><!-- {} --></script><p>yes</p></body></html>")
    assert tree.findtext(".//script") == "<!-- {} -->"
    assert "no" not in tree.findtext(".//p")


@pytest.mark.parametrize("text", ["", "   ", "\0", "<!-- only -->", "\ud800"])
def test_nothing_to_parse(text: str) -> None:
    with pytest.raises(Unparsable) as refused:
        parse_html(text)
    assert refused.value.reason is Reason.UNPARSABLE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<div>" * 300 + "deep" + "</div>" * 300 + "<p>after</p>", Reason.TOO_DEEP),
        ("<p>" + "<b>" * 20_000 + "deep", Reason.TOO_DEEP),
        ("<p>" + "a" * 10_500_000 + "</p><p>after</p>", Reason.HUGE_TEXT_NODE),
    ],
)
def test_a_page_that_the_parser_would_cut_in_silence_is_refused_with_the_reason(text: str, reason: Reason) -> None:
    with pytest.raises(Unparsable) as refused:
        parse_html(text)
    assert refused.value.reason is reason


def test_a_page_below_the_limits_is_whole() -> None:
    assert parse_html("<div>" * 240 + "deep" + "</div>" * 240 + "<p>after</p>").text_content() == "deepafter"


@pytest.mark.parametrize("text", ["plain", "<p>x</p>", "a\x01b\x0cc", "<frameset>", "x\udfff", "<html/>", "<svg><title>t"])
def test_the_root_is_html(text: str) -> None:
    tree = parse_html(text)
    assert tree.tag == "html"


@given(st.text(alphabet=st.characters() | st.sampled_from('<>/!?-="& \x00\x0b\ud800'), max_size=200))
def test_any_text_gives_a_page_or_nothing(text: str) -> None:
    with contextlib.suppress(Unparsable):
        assert parse_html(text).tag == "html"
