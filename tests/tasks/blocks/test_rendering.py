"""Kept blocks as text and as Markdown: lists, tables, quotes, headings and code stay readable."""

import pytest
from lxml.html import fromstring

from tasks.blocks.rendering import read_lines, to_markdown, to_text
from tasks.blocks.walk import read_blocks


def rendered(body: str) -> tuple[str, str]:
    blocks = read_blocks(fromstring(f"<html><body>{body}</body></html>"))
    lines = read_lines(blocks, range(len(blocks.text)))
    return to_text(lines), to_markdown(lines)


@pytest.mark.parametrize(
    ("body", "text", "markdown"),
    [
        ("<h2>Head</h2><p>Text.</p>", "Head\nText.", "## Head\n\nText."),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol><p>c</p>", "1. a\n2. b\nc", "1. a\n2. b\n\nc"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n- b", "- a\n  - b"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\nb", "- a\n\nb"),
        (
            "<table><tr><th>Who</th><th>Won</th></tr><tr><td>A|B</td><td>2</td></tr></table>",
            "Who | Won\nA|B | 2",
            "| Who | Won |\n| --- | --- |\n| A\\|B | 2 |",
        ),
        ("<table><tr><td><p>Long.</p><p>More.</p></td></tr></table>", "Long.\nMore.", "Long.\n\nMore."),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "a\nb\nc", "> a\n>\n> b\n\nc"),
        ("<pre>x = 1\n  y</pre>", "x = 1\n  y", "```\nx = 1\n  y\n```"),
        ("<p>a<br>b</p>", "a\nb", "a\\\nb"),
        ("<p># 5 *stars* [1]</p>", "# 5 *stars* [1]", "\\# 5 \\*stars\\* \\[1\\]"),
        ("<p>1. Not a list</p>", "1. Not a list", "1\\. Not a list"),
    ],
)
def test_blocks_are_lines_and_markdown(body, text, markdown):
    assert rendered(body) == (text, markdown)


def test_a_row_of_a_layout_is_no_row_of_values():
    text, _ = rendered(f"<table><tr><td>Menu</td><td><p>{'Long story. ' * 30}</p></td></tr></table>")
    assert " | " not in text
