"""Score decode_text on pages re-encoded in the legacy charsets of their language.

``python -m tests.quality.score_charset [pages.jsonl.gz ...] [-v]``: the share of pages whose visible text comes back exactly, for
every way in which the page and its server can tell the truth, lie or say nothing.
"""

import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pycld2
from lxml.html import HtmlElement

from tasks.metadata.language import REFUSED
from tasks.pages.charset import decode_text
from tasks.pages.tree import Unparsable, parse_html
from tests.quality.pages import collection, page_bytes, read_pages

WESTERN = ("windows-1252", "iso-8859-1", "iso-8859-15")
LANGUAGES = (
    ("de en fr es it pt nl no nb nn da sv fi id ca gl eu is af zu xh", WESTERN),
    ("pl cs sk hu sl hr ro", ("windows-1250", "iso-8859-2")),
    ("ru bg uk be mk sr", ("windows-1251", "koi8-r", "iso-8859-5")),
    ("lt lv et", ("windows-1257", "iso-8859-13")),
    ("el", ("windows-1253", "iso-8859-7")),
    ("tr", ("windows-1254", "iso-8859-9")),
    ("iw he", ("windows-1255", "iso-8859-8")),
    ("ar", ("windows-1256", "iso-8859-6")),
    ("fa ur", ("windows-1256",)),
    ("th", ("windows-874",)),
    ("zh", ("gbk", "gb18030")),
    ("zh-Hant", ("big5",)),
    ("ja", ("shift_jis", "euc-jp", "iso-2022-jp")),
    ("ko", ("euc-kr",)),
)
CHARSETS = {language: charsets for languages, charsets in LANGUAGES for language in languages.split()}
CODECS = {"windows-874": "cp874", "shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030"}
DECLARED = re.compile(r"<\?xml[^>]*\?>|<meta\s[^>]*charset\s*=[^>]*>", re.IGNORECASE)
HEAD = re.compile(r"<head[^>]*>|<html[^>]*>|\A", re.IGNORECASE)
HIDDEN = ("script", "style", "noscript", "template")
# Names that stand in a page of another script do not make its charset: they were written as references.
FOREIGN_LETTERS = 0.02


class Case(NamedTuple):
    """A page in one charset, and what page and server say of it (None: nothing)."""

    name: str
    charset: str
    body: bytes
    http: str | None
    text: str


# What the page says, what the server says: the true label, a wrong one, UTF-8, or nothing.
CASES = {
    "nothing said": ("", ""),
    "meta right": ("true", ""),
    "meta utf-8": ("utf-8", ""),
    "meta wrong": ("wrong", ""),
    "http right": ("", "true"),
    "http utf-8": ("", "utf-8"),
    "http wrong": ("", "wrong"),
    "both right": ("true", "true"),
    "meta right, http utf-8": ("true", "utf-8"),
    "meta right, http wrong": ("true", "wrong"),
    "meta utf-8, http right": ("utf-8", "true"),
    "meta wrong, http right": ("wrong", "true"),
    "both utf-8": ("utf-8", "utf-8"),
    "both wrong": ("wrong", "wrong"),
}


def visible_text(html: str) -> str:
    """What a reader sees, white space squeezed; empty where there is no tree."""
    try:
        tree = parse_html(html)
    except Unparsable:
        return ""
    return " ".join(" ".join(_texts(tree)).split())


def _texts(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        if element.tag not in HIDDEN and element.text:
            yield element.text
        if element.tail:
            yield element.tail


def language_of(text: str) -> str:
    """The code of the language most of a text is in."""
    return str(pycld2.detect(REFUSED.sub(" ", text))[2][0][1])


def encode(html: str, text: str, charset: str) -> bytes | None:
    """The page in a charset, the rest as references; None where the charset is not one to write its text in, or nothing shows."""
    codec = CODECS.get(charset, charset)
    letters = [letter for letter in text if letter.isalpha() and not letter.isascii()]
    written = sum(bool(letter.encode(codec, "ignore")) for letter in letters)
    if written == 0 or written < (1 - FOREIGN_LETTERS) * len(letters):
        return None
    return html.encode(codec, "xmlcharrefreplace")


def wrong_label(charset: str) -> str:
    """What a server says that was never told: Latin-1, and for Latin-1 another legacy charset."""
    return "windows-1251" if charset in WESTERN else "iso-8859-1"


def cases_of(html: str) -> Iterator[Case]:
    """All that is made of one page."""
    bare = DECLARED.sub("", html)
    text = visible_text(bare)
    for charset in CHARSETS.get(language_of(text), ()):
        for name, (meta, http) in CASES.items():
            labels = {"true": charset, "wrong": wrong_label(charset), "utf-8": "utf-8", "": None}
            tag = f'<meta http-equiv="Content-Type" content="text/html; charset={labels[meta]}">' if meta else ""
            body = encode(HEAD.sub(rf"\g<0>{tag}", bare, count=1), text, charset)
            if body is not None:
                yield Case(name, charset, body, labels[http], visible_text(body.decode(CODECS.get(charset, charset))))


def measure(paths: list[Path], on_wrong: Callable[[str, Case], None]) -> tuple[dict[str, dict[str, list[bool]]], list[float]]:
    """Right or wrong by case and charset, and CPU milliseconds of decode_text a page."""
    found: dict[str, dict[str, list[bool]]] = {name: defaultdict(list) for name in CASES}
    times = []
    for page in (page for path in paths for page in read_pages(path)):
        try:
            html = page_bytes(page).decode("utf-8")
        except UnicodeDecodeError:
            continue
        for case in cases_of(html):
            began = time.process_time()
            decoded = decode_text(case.body, case.http)
            times.append((time.process_time() - began) * 1000)
            is_right = visible_text(decoded.text) == case.text
            found[case.name][case.charset].append(is_right)
            if not is_right:
                on_wrong(f"{page['id']} read as {decoded.charset} by {decoded.source}", case)
    return found, times


def main(arguments: list[str]) -> None:
    """Print a table: a case a line, then a charset a line."""
    paths = [Path(argument) for argument in arguments if argument != "-v"]
    paths = paths or [collection("articles_news"), collection("articles_segments")]
    for path in paths:
        if not path.exists():
            sys.exit(f"{path} is not here: give collections of pages")
    tell = "-v" in arguments
    found, times = measure(paths, lambda said, case: print(f"{case.charset}, {case.name}: {said}") if tell else None)
    print(f"{'case':24} micro macro")
    for name, charsets in found.items():
        every = [is_right for values in charsets.values() for is_right in values]
        print(f"{name:24}  {statistics.mean(every):.3f}  {statistics.mean(map(statistics.mean, charsets.values())):.3f}")
    print(f"\n{'charset':24} pages nothing  least, and in which case")
    for charset in found["nothing said"]:
        shares = {name: statistics.mean(charsets[charset]) for name, charsets in found.items()}
        least = min(shares, key=lambda name: shares[name])
        pages = len(found["nothing said"][charset])
        print(f"{charset:24} {pages:5}   {shares['nothing said']:.3f}  {shares[least]:.3f} {least}")
    print(f"\nCPU ms {statistics.median(times):.2f} median, {statistics.mean(times):.2f} mean, {max(times):.1f} at most")


if __name__ == "__main__":
    main(sys.argv[1:])
