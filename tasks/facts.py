"""What is found on a page: who, when and what, its text, and how each was found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, and how well that is known."""

    at: datetime
    offset_minutes: int | None
    precision: str
    source: str


class PageType(StrEnum):
    """What kind of page it is: a closed list."""

    ARTICLE = "article"
    # One page that grows by dated updates.
    LIVE_BLOG = "live_blog"
    # Pictures with captions.
    GALLERY = "gallery"
    VIDEO = "video"
    # Podcasts, radio, music.
    AUDIO = "audio"
    # Front pages, sections, topics, lists of results.
    INDEX = "index"
    # An error page that answered 200 ("soft 404"), or a wall against robots.
    ERROR = "error"
    # Of a declared kind that is none of these: a recipe, a product, a profile.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Facts:
    """Who, when and what of a page, as the page itself declares it; None or empty where it does not."""

    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published: Published | None = None
    modified_at: datetime | None = None
    canonical_url: str | None = None
    canonical_is_foreign: bool | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    language: str | None = None
    is_accessible_for_free: bool | None = None
    licence: str | None = None
    page_type: PageType | None = None
    declared_type: str | None = None
    opt_outs: tuple[str, ...] = ()
    # JSON-LD's articleBody: often cut short, so it is no text, but a witness for one.
    declared_body: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, a line a paragraph, empty where there is none, and how it was found.

    ``confidence``: the F1 in characters that the net expects of its own text, 0 to 1.
    ``source``: page | script | trafilatura | plain.
    """

    text: str
    markdown: str | None
    confidence: float | None
    source: str
    captions: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
