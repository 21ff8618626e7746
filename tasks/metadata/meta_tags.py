"""What ``<meta>`` says: OpenGraph, article:*, Dublin Core, Parse.ly, Sailthru and the older names."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import Marks

# Each row: the most trusted name first. Names are compared in lower case, all their separators alike.
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
    "articleauthor",
    "twitter:misc:written by",
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
TAGS = ("news_keywords", "article:tag", "og:article:tag", "keywords", "parsely-tags", "sailthru.tags", "dc.subject")
# Names of a site's own making, asked last.
OTHER_TAGS = re.compile(r"(?:^|:)(?:article)?(?:tags|keywords|topics)$")
IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "parsely-image-url")
LANGUAGES = ("content-language", "og:locale", "dc.language", "dcterms.language", "language")
LICENCES = ("dcterms.license", "dc.rights.license", "license", "licence")
SEPARATOR = re.compile(r"[\s_.:-]+")
# How Slack's label for a byline (twitter:label1, twitter:data1) reads in the languages of the news.
BYLINE_LABEL = re.compile(
    r"writ|author|posted by|verfasst|geschrieben|autor|[ée]crit|auteur|escrit|scritt|door|skrev|skriven|napisa|автор|написа|yazar",
    re.IGNORECASE,
)
MAX_LABELS = 4
MAX_NAME_CHARS = 200
ADDRESS = re.compile(r"://|^\S{1,64}@\S+$")
FREE = {"free": True, "metered": None, "locked": False, "true": True, "false": False}

Contents = dict[str, list[str]]


def gather_contents(marks: Marks) -> Contents:
    """Contents of the meta tags as written, by ``contents_key`` of their ``name``, ``property`` or ``http-equiv``."""
    contents: Contents = defaultdict(list)
    for meta in marks["meta"]:
        content = meta.get("content") or meta.get("value")
        if content:
            for name in _names(meta):
                contents[name].append(content)
    return contents


@lru_cache(maxsize=512)
def contents_key(name: str) -> str:
    """A name as sites mean it: og:site_name, og:site:name and OG.Site-Name are one."""
    return SEPARATOR.sub(":", name.strip().lower())


def _names(meta: HtmlElement) -> list[str]:
    """A meta element may carry two names; ``itemprop`` alone is microdata, which is read elsewhere."""
    found = [contents_key(name[:MAX_NAME_CHARS]) for key in ("property", "name", "http-equiv") if (name := meta.get(key))]
    return [name for name in dict.fromkeys(found) if name]


def read_meta_tags(contents: Contents) -> Evidence:
    """Weigh the meta tags of a page against each other."""
    return Evidence(
        source="meta",
        titles=pick(contents, TITLES),
        descriptions=pick(contents, DESCRIPTIONS),
        authors=next(_texts(contents, AUTHORS), ()) or _labelled_authors(contents),
        published=pick(contents, PUBLISHED),
        modified=pick(contents, MODIFIED),
        canonical_urls=pick(contents, ("og:url", "twitter:url", "parsely-link")),
        site_names=pick(contents, SITE_NAMES),
        sections=pick(contents, SECTIONS),
        tags=tuple(_texts(contents, TAGS)),
        image_urls=pick(contents, IMAGES),
        languages=pick(contents, LANGUAGES),
        licences=pick(contents, LICENCES),
        page_types=pick(contents, ("og:type",)),
        is_free=_is_free(contents),
    )


def pick(contents: Contents, names: tuple[str, ...]) -> tuple[str, ...]:
    """The contents of all these names, in their order, cleaned; empty ones left out."""
    found = [content for key in _contents_keys(names) if key in contents for content in contents[key]]
    return tuple(clean for content in found if (clean := clean_text(content)))


@lru_cache(maxsize=64)
def _contents_keys(names: tuple[str, ...]) -> list[str]:
    return [contents_key(name) for name in names]


def _texts(contents: Contents, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The contents a name, for facts that are lists; names that hold nothing or only addresses left out."""
    for key in _contents_keys(names):
        found = pick(contents, (key,)) if key in contents else ()
        # article:author is a profile's address by OpenGraph and a name by habit.
        if any(not ADDRESS.search(content) for content in found):
            yield found


def read_other_tags(contents: Contents) -> tuple[str, ...]:
    """Keywords under a name of the site's own making, such as ``classification-tags``."""
    known = {contents_key(name) for name in TAGS}
    return next(_texts(contents, tuple(name for name in contents if name not in known and OTHER_TAGS.search(name))), ())


def _labelled_authors(contents: Contents) -> tuple[str, ...]:
    """The text beside a label such as "Written by"."""
    for number in range(1, MAX_LABELS + 1):
        label = pick(contents, (f"twitter:label{number}",))
        if label and BYLINE_LABEL.match(label[0]):
            return pick(contents, (f"twitter:data{number}",))
    return ()


def _is_free(contents: Contents) -> bool | None:
    said = pick(contents, ("article:content_tier", "isaccessibleforfree"))
    return FREE.get(said[0].lower()) if said else None
