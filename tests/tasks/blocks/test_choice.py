"""Which blocks are kept, on pages that say it plainly, and where a page hides its text."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement, fromstring

from tasks.blocks.choice import choose_lines
from tasks.blocks.embedded import read_embedded
from tasks.blocks.features import block_features
from tasks.blocks.rendering import to_text
from tasks.blocks.walk import read_blocks
from tasks.facts import Facts

SENTENCES = [
    "The ferry left the north quay an hour late on Tuesday, with four cars and a flock of sheep on its lower deck.",
    "Passengers were told that the winch had jammed; the crew freed it with a crowbar and a good deal of patience.",
    "By noon the timetable was in order again, the harbour office said, and nobody asked for the fare to be returned.",
]
FURNITURE = '<nav><a href="/">Home</a></nav><aside><h3>Most read</h3><ul><li><a href="/a">Bakery closes</a></li></ul></aside>'


def article(paragraphs: str) -> str:
    return (
        f"<html><body>{FURNITURE}<main><article class='story-body'><h1>Late ferry</h1>{paragraphs}</article></main></body></html>"
    )


def kept(page: str, looks: int = 1) -> str:
    return to_text(choose_lines(fromstring(page), Facts(title="Late ferry"), looks).lines)


@pytest.mark.parametrize("looks", [1, 2])
def test_paragraphs_are_kept_and_lists_of_links_are_not(looks):
    text = kept(article("".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 2)), looks)
    assert all(sentence in text for sentence in SENTENCES)
    assert "Bakery closes" not in text


def script_page(script: str) -> str:
    return f"<html><body><div id='app'>Loading</div><script>{script}</script></body></html>"


BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 3)


@pytest.mark.parametrize(
    "script",
    [
        f"window.state = {json.dumps({'page': {'html': BODY}})}",
        f"push([1, {json.dumps(json.dumps({'contentHtml': BODY}))}])",
        f"window.state = {json.dumps({'short': '<p>x</p>' * 70, 'html': BODY})}",
    ],
)
def test_an_article_that_only_a_script_holds_is_found(script):
    choice = choose_lines(fromstring(script_page(script)), Facts(), 1)
    assert choice.source == "script"
    assert all(sentence in to_text(choice.lines) for sentence in SENTENCES)


def test_scripts_without_an_article_are_none():
    for script in ("var a = 'x'", f'"{"a" * 2_000}"', json.dumps({"css": "p{}" * 500})):
        assert read_embedded(fromstring(script_page(script))) is None


def test_a_page_without_text_has_no_lines_and_no_confidence():
    choice = choose_lines(fromstring("<html><body><img></body></html>"), Facts(), 2)
    assert (choice.lines, choice.confidence) == ([], 0.0)


TAGS = st.sampled_from(["p", "div", "li", "ul", "td", "tr", "table", "h2", "blockquote", "span", "a", "pre", "b", "br", "x-y"])
TREES = st.recursive(
    st.text("ab. \n|é中", max_size=12),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag} class='{tag}-x'>{''.join(parts)}</{tag}>", TAGS, st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(max_examples=120)
@given(TREES, st.sampled_from(["", "ab a", "é"]))
def test_any_tree_has_a_number_for_every_feature_and_keeps_only_its_own_words(body, title):
    tree: HtmlElement = fromstring(f"<html><body>{body}</body></html>")
    blocks = read_blocks(tree)
    if blocks.text:
        features = block_features(blocks, Facts(title=title, declared_body=title))
        assert features.shape[0] == len(blocks.text)
        assert np.isfinite(features).all()
    words = "".join("".join(tree.itertext()).split())
    for line in choose_lines(tree, Facts(title=title), 2).lines:
        assert all("".join(part.split()) in words for part in line.parts)
