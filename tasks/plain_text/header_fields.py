"""Fields that stand above a text, as exports of archives write them: "Title: ...", "Date: ...", "Source: ..."."""

# ruff: noqa: RUF001 - Turkish words have a dotless i, Cyrillic letters look like Latin ones

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.metadata.dates import parse_date
from tasks.metadata.language import detect_language
from tasks.metadata.names import clean_authors
from tasks.plain_text.head_lines import Stated
from tasks.plain_text.lines import Line, make_line

MAX_FIELDS = 25
MAX_NAME_CHARS = 24
FIELD = re.compile(r"([^\W\d_]{1,16}(?:[ -][^\W\d_]{1,16})?)\s?[:\uff1a]")


def _names(words: str) -> frozenset[str]:
    return frozenset(words.replace("\n", "").split("|"))


TITLE = _names("""
title|headline|subject|titel|überschrift|schlagzeile|betreff|titre|título|titular|titolo|tytuł|заголовок|başlık|judul|rubrik|
otsikko|タイトル|題名|見出し|标题|標題|제목|العنوان|عنوان|כותרת
""")
DATE = _names("""
date|published|publication date|date published|pubdate|published at|datum|veröffentlicht|erschienen|fecha|data|дата|tarih|
tanggal|publié|日付|日期|发布时间|날짜|التاريخ|تاريخ|תאריך
""")
AUTHOR = _names("""
by|author|authors|byline|autor|autorin|autoren|verfasser|von|auteur|par|autores|por|autore|di|door|автор|yazar|penulis|著者|筆者|
作者|记者|記者|기자|الكاتب|بقلم|מאת
""")
SOURCE = _names("""
source|publication|newspaper|publisher|site|website|quelle|zeitung|fuente|fonte|bron|źródło|источник|kaynak|sumber|来源|來源|出典|
출처|المصدر|מקור
""")
OTHER = _names("""
url|link|section|language|category|categories|keywords|tags|length|words|word count|pages|page|id|copyright|location|place|
ressort|rubrik|sprache|schlagworte|section name|edition|type|country|language code|updated|modified|crawled|retrieved|accessed
""")
BODY = _names("""
text|body|content|article|full text|inhalt|artikel|volltext|texte|contenu|texto|contenido|testo|текст|metin|本文|正文|内容|본문|النص
""")
NAMES = TITLE | DATE | AUTHOR | SOURCE | OTHER | BODY


@dataclass(frozen=True, slots=True)
class Header:
    """What the fields say; empty where there are none."""

    is_given: bool = False
    title: str | None = None
    source: str | None = None
    stated: tuple[Stated, ...] = ()
    set_aside: tuple[str, ...] = ()


def read_header(lines: list[Line]) -> tuple[Header, list[Line]]:
    """The fields above a text, and the lines below them; all lines where no header stands."""
    fields: list[tuple[str, str, Line]] = []
    for line in lines[:MAX_FIELDS]:
        name, value = _field(line)
        if name not in NAMES or name in BODY:
            break
        fields.append((name, value, line))
    names = {name for name, _, _ in fields}
    if not names & TITLE and (len(names) < 2 or not names & (DATE | AUTHOR)):
        return Header(), lines
    below = lines[len(fields) :]
    if below and _field(below[0])[0] in BODY:
        value = _field(below[0])[1]
        below = [make_line(value), *below[1:]] if value else below[1:]
    return _header(fields, language_in(below)), below


def _field(line: Line) -> tuple[str, str]:
    """Name, in lower case, and value; two empty texts where the line is no field."""
    found = FIELD.match(line.text[:MAX_NAME_CHARS])
    return (found[1].casefold(), line.text[found.end() :].strip()) if found else ("", "")


def language_in(lines: Sequence[Line]) -> str | None:
    """The language of some lines, for the order of day and month."""
    return detect_language(" ".join(line.text[:300] for line in lines[:5]))[0]


def _header(fields: list[tuple[str, str, Line]], language: str | None) -> Header:
    title = next((value for name, value, _ in fields if name in TITLE and value), None)
    source = next((value for name, value, _ in fields if name in SOURCE and value), None)
    stated, aside = [], []
    for name, value, line in fields:
        moment = parse_date(value, language) if name in DATE else None
        authors = clean_authors((value,)).people if name in AUTHOR else ()
        if moment or authors:
            stated.append(Stated(moment, authors))
        elif value not in (title, source):
            aside.append(line.text)
    return Header(True, title, source, tuple(stated), tuple(aside))
