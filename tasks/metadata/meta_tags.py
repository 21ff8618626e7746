"""What ``<meta>`` says: OpenGraph, article:*, Dublin Core, Parse.ly, Sailthru and the older names."""

from collections import defaultdict

from lxml.html import HtmlElement

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import Marks

# Each row: the most trusted name first. Names are compared in lower case.
TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "title", "headline")
DESCRIPTIONS = ("og:description", "description", "twitter:description", "sailthru.description", "dc.description")
AUTHORS = (
    "article:author",
    "og:article:author",
    "author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dc.creator.personalname",
    "dcterms.creator",
    "citation_author",
    "byl",
    "cxenseparse:author",
    "article:author_name",
    "twitter:data1",
)
PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "datepublished",
    "publish-date",
    "publish_date",
    "publishdate",
    "published_at",
    "publication_date",
    "pubdate",
    "ptime",
    "dc.date.issued",
    "dcterms.issued",
    "dc.issued",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "dc.date.created",
    "citation_publication_date",
    "article.published",
    "published-date",
    "article_date_original",
    "date",
)
MODIFIED = ("article:modified_time", "og:updated_time", "article:updated_time", "datemodified", "dcterms.modified", "last-modified")
SITE_NAMES = ("og:site_name", "application-name", "dc.publisher", "twitter:app:name:iphone")
SECTIONS = ("article:section", "og:article:section", "parsely-section", "section", "cxenseparse:section")
TAGS = ("article:tag", "og:article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags", "dc.subject")
IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "parsely-image-url")
LANGUAGES = ("content-language", "og:locale", "dc.language", "dcterms.language", "language")
LICENCES = ("dcterms.license", "dc.rights.license", "license", "licence")
FREE = {"free": True, "metered": None, "locked": False, "true": True, "false": False}

Contents = dict[str, list[str]]


def gather_contents(marks: Marks) -> Contents:
    """Cleaned contents of the meta tags by name (``name``, ``property``, ``http-equiv`` or ``itemprop``), lower case."""
    contents: Contents = defaultdict(list)
    for meta in marks["meta"]:
        content = clean_text(meta.get("content") or meta.get("value") or "")
        if content:
            for name in _names(meta):
                contents[name].append(content)
    return contents


def _names(meta: HtmlElement) -> list[str]:
    """A meta element may carry two names; ``itemprop`` alone is microdata, which is read elsewhere."""
    found = {(meta.get(key) or "").strip().lower(): None for key in ("property", "name", "http-equiv")}
    return [name for name in found if name]


def read_meta_tags(contents: Contents) -> Evidence:
    """Weigh the meta tags of a page against each other."""
    return Evidence(
        source="meta",
        titles=_pick(contents, TITLES),
        descriptions=_pick(contents, DESCRIPTIONS),
        authors=_first(contents, AUTHORS),
        published=_pick(contents, PUBLISHED),
        modified=_pick(contents, MODIFIED),
        canonical_urls=_pick(contents, ("og:url", "twitter:url", "parsely-link")),
        site_names=_pick(contents, SITE_NAMES),
        sections=_pick(contents, SECTIONS),
        tags=_first(contents, TAGS),
        image_urls=_pick(contents, IMAGES),
        languages=_pick(contents, LANGUAGES),
        licences=_pick(contents, LICENCES),
        page_types=_pick(contents, ("og:type",)),
        is_free=_is_free(contents),
    )


def _pick(contents: Contents, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(content for name in names for content in contents.get(name, ()))


def _first(contents: Contents, names: tuple[str, ...]) -> tuple[str, ...]:
    """All the contents of the first name that holds something, for facts that are lists."""
    return next((tuple(contents[name]) for name in names if contents.get(name) and _is_text(contents[name])), ())


def _is_text(contents: list[str]) -> bool:
    """Not addresses only: article:author is a profile's address by OpenGraph and a name by habit."""
    return any("://" not in content for content in contents)


def _is_free(contents: Contents) -> bool | None:
    said = _pick(contents, ("article:content_tier", "isaccessibleforfree"))
    return FREE.get(said[0].lower()) if said else None
