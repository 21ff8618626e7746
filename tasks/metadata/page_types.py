"""What kind of page it is, out of the types that it declares and a few signals that are hard to mistake."""

# ruff: noqa: RUF001 - Cyrillic, Greek and Turkish letters look like Latin ones

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from tasks.facts import PageType, Published
from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import inner_text

# Types of schema.org and OpenGraph, lower case; the first kind that matches any type of a node counts.
KINDS: tuple[tuple[PageType, re.Pattern[str]], ...] = (
    (PageType.LIVE_BLOG, re.compile(r"liveblogposting")),
    (PageType.GALLERY, re.compile(r"(?:image|media|photo)gallery|gallery")),
    (PageType.ARTICLE, re.compile(r".*article|.*(?<!job)posting|article:.*|report|review|.*review|story|news|post")),
    (PageType.VIDEO, re.compile(r"videoobject|movie|clip|episode|tvepisode|videogallery|video(?:\..*)?")),
    (PageType.AUDIO, re.compile(r"audioobject|podcastepisode|podcastseries|radioepisode|music\..*|audio(?:\..*)?|podcast")),
    (PageType.INDEX, re.compile(r"collectionpage|searchresultspage|itemlist|category|section")),
    (
        PageType.OTHER,
        re.compile(
            r"product|recipe|event|.*event|faqpage|qapage|aboutpage|contactpage|profilepage|jobposting|profile|book|course|howto"
        ),
    ),
)
MEDIA_OR_INDEX = {PageType.VIDEO, PageType.AUDIO, PageType.INDEX}
WHOLE_SITE = {"website", "blog"}
MAX_TYPE_CHARS = 60
# "Page not found" in the languages of the news, and what refuses a reader.
ERROR = re.compile(
    r"(?:page|site|article|url|content) (?:was |is |could |can |does )?(?:not |no longer )(?:be )?(?:found|exist|available)|"
    r"not found|page (?:doesn.t exist|unavailable|missing)|access denied|forbidden|bad gateway|service unavailable|"
    r"internal server error|just a moment\.\.\.|attention required|are you a (?:robot|human)|"
    r"seite (?:wurde |konnte )?(?:leider )?nicht gefunden|page (?:non trouvée|introuvable)|página no (?:encontrada|existe)|"
    r"pagina non trovata|página não encontrada|pagina (?:niet gevonden|nu a fost găsită)|nie znaleziono strony|"
    r"strona nie (?:została znaleziona|istnieje)|страница не найдена|сторінк[уа] не знайдено|"
    r"sidan (?:kunde inte hittas|hittades inte)|siden (?:ble ikke funnet|blev ikke fundet|finnes ikke|findes ikke)|"
    r"sivua ei löydy|stránka (?:nebyla )?nenalezena|stránka nebola nájdená|sayfa bulunamadı|halaman tidak ditemukan|"
    r"az oldal nem található|η σελίδα δεν βρέθηκε|ページが見つかりません|页面不存在|找不到(?:页面|頁面)|页面未找到|"
    r"페이지를 찾을 수 없습니다|الصفحة غير موجودة",
    re.IGNORECASE,
)
ERROR_CODE = re.compile(
    r"\W*(?:(?:http|error|fehler|erreur|errore|erro|błąd|ошибка|hata|status)\W*){0,2}(?:40[034]|410|50[0234])\W*", re.I
)
# A headline that has the words in a sentence is no error page.
MAX_ERROR_TITLE_REST = 25
MAX_ERROR_TITLE_CHARS = 200
# In paragraphs: below it stand errors and lists of links, above it mostly articles.
LITTLE_TEXT_CHARS = 800


def choose_page_type(evidence: Sequence[Evidence], published: Published | None, url: str, tree: HtmlElement) -> PageType | None:
    """The kind that JSON-LD, else microdata, else OpenGraph declare; errors that answered 200 and index pages by their signs."""
    json_ld, meta, microdata, *_ = evidence
    is_dated = published is not None and published.source != "html"
    if not is_dated and _is_error(evidence, tree):
        return PageType.ERROR
    by_node, by_meta = _kind(json_ld.page_types) or _kind(microdata.page_types), _kind(meta.page_types)
    if by_node in MEDIA_OR_INDEX and by_meta is PageType.ARTICLE:
        # An article's video, a list of related articles.
        return by_meta
    if _is_front_page(url) and by_node is not PageType.ARTICLE:
        return PageType.INDEX
    is_list = published is None and any(name.lower() in WHOLE_SITE for name in meta.page_types)
    return by_node or by_meta or (PageType.INDEX if is_list and _has_little_text(tree) else None)


def _kind(types: tuple[str, ...]) -> PageType | None:
    names = [name.lower() for name in types if len(name) <= MAX_TYPE_CHARS]
    return next((kind for kind, pattern in KINDS if any(pattern.fullmatch(name) for name in names)), None)


def _is_front_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query


def _is_error(evidence: Sequence[Evidence], tree: HtmlElement) -> bool:
    titles = [clean_text(title) for item in evidence for title in item.titles[:2] + item.window_titles]
    return any(_says_error(title) for title in titles) and _has_little_text(tree)


def _says_error(title: str) -> bool:
    if len(title) > MAX_ERROR_TITLE_CHARS:
        return False
    found = ERROR.search(title)
    code = ERROR_CODE.match(title)
    return any(match and len(title) - len(match[0]) <= MAX_ERROR_TITLE_REST for match in (found, code))


def _has_little_text(tree: HtmlElement) -> bool:
    left = LITTLE_TEXT_CHARS
    for paragraph in tree.iter("p"):
        left -= len(clean_text(inner_text(paragraph)))
        if left < 0:
            return False
    return True
