"""Texts can be had back to the letter, by the very code that the card gives."""

import re
from functools import cache

import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.exporting.kinds.text import FORM, written
from tasks.exporting.packing import zstd_bytes

(SNIPPET,) = re.findall(r"^```python\n(.*?)^```", "\n".join(FORM), re.MULTILINE | re.DOTALL)
TEXTS = st.lists(st.one_of(st.text(alphabet="\n a\r\u2028é", max_size=12), st.text(max_size=20)), max_size=6)


@cache
def articles_in():
    """The function that stands in the card, without the lines that use it."""
    found: dict = {}
    exec(SNIPPET.partition("\n\n\nfor ")[0], found)
    return found["articles_in"]


@given(TEXTS)
@example(["", "\n", " ", "a\n", "\n\n\n", "a\n \n  \nb", "a\r\n\r\nb", "\x85\u2028"])
def test_back_to_the_letter(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "texts.txt.zst"
    path.write_bytes(zstd_bytes(written(text).encode() for text in texts))
    assert list(articles_in()(path)) == texts


@given(TEXTS)
def test_an_empty_line_is_the_end_of_an_article_and_nothing_else(texts):
    content = "".join(written(text) for text in texts)
    assert content.split("\n").count("") == len(texts) + bool(texts) if content else not texts


def test_one_frame_holds_all():
    packed = zstd_bytes([b"a", b"b" * 1_000_000, b"c"])
    reader = zstandard.ZstdDecompressor().decompressobj()
    assert reader.decompress(packed) == b"a" + b"b" * 1_000_000 + b"c"
    assert reader.unused_data == b""
