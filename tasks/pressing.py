"""From one body to one outcome: decode, parse, facts, text, language, filters. Pure: no store, no clock, no network."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any

from lxml.html import HtmlElement

from tasks.archive.dates import date_in_name
from tasks.components import load_component
from tasks.facts import Extracted, Facts, Published
from tasks.metadata.domain import host_and_domain
from tasks.metadata.language import detect_language
from tasks.metadata.merge import read_facts
from tasks.opt_outs import header_opt_outs
from tasks.pages.charset import Decoded, decode_text, http_charset
from tasks.pages.tree import Unparsable, parse_html
from tasks.plain_text.reading import read_plain_article
from tasks.reasons import Reason, Stage
from tasks.recipe import Recipe
from tasks.records import Article, Capture, Outcome, Page, Rejection, reject
from tasks.text_facts import count_words, text_digest

BIG_PAGE_CHARACTERS = 100_000
HALF_A_DAY = timedelta(hours=12)


class Press:
    """The extractor and filters of a recipe, loaded once and used for every page."""

    def __init__(self, recipe: Recipe) -> None:
        """Load what the recipe names; raises FixTheRun for a name that is not there."""
        self.recipe_id = recipe.id
        self.extractor_name = recipe.extractor
        extractor = load_component("extractors", recipe.extractor)
        self.extractor_version: str = extractor.VERSION
        self.extract: Callable[[HtmlElement, Facts, bool], Extracted] = extractor.extract
        self.wants_markdown = recipe.wants_markdown
        self.checks: list[Callable[[Article], Rejection | None]] = [
            load_component("filters", name).make(option) for name, option in recipe.filters
        ]

    def press(self, page: Page) -> Outcome:
        """Turn one page into an article or a rejection; no page raises."""
        capture = page.capture
        decoded = decode_text(page.body, http_charset(capture.header("Content-Type")))
        try:
            facts, extracted = self._read(capture, decoded.text)
        except Unparsable as cut:
            return reject(capture, Stage.DECODE, cut.reason, cut.detail, page.payload_digest)
        if not extracted.text:
            size = len(decoded.text)
            reason = Reason.NO_TEXT_IN_BIG_PAGE if size >= BIG_PAGE_CHARACTERS else Reason.NO_TEXT
            return reject(capture, Stage.EXTRACT, reason, f"{size} characters", page.payload_digest)
        article = self._article(page, decoded, facts, extracted)
        return next((refused for check in self.checks if (refused := check(article))), article)

    def _read(self, capture: Capture, text: str) -> tuple[Facts, Extracted]:
        if capture.is_plain_text:
            plain = read_plain_article(text, capture.captured_at)
            extracted = Extracted(plain.text, None, None, "plain", plain.captions, plain.set_aside)
            return _with_given(plain.facts, capture.given), extracted
        tree = parse_html(text)
        facts = _with_announced(_with_given(read_facts(tree, capture.url, capture.captured_at), capture.given), capture)
        return facts, self.extract(tree, facts, self.wants_markdown)

    def _article(self, page: Page, decoded: Decoded, facts: Facts, extracted: Extracted) -> Article:
        capture = page.capture
        host, domain = host_and_domain(capture.url)
        return Article(
            id=article_id(capture, page.payload_digest),
            url=capture.url,
            host=host,
            domain=domain,
            **{name: getattr(facts, name) for name in FACT_COLUMNS},
            **_published_columns(facts.published),
            **_text_columns(extracted),
            page_type=facts.page_type.value if facts.page_type else None,
            language_declared=facts.language,
            captured_at=capture.captured_at,
            http_status=capture.http_status,
            content_type=capture.header("Content-Type"),
            charset=decoded.charset,
            charset_source=decoded.source,
            minhash=None,
            source=page.source,
            **asdict(capture.at),
            warc_name_date=date_in_name(capture.at.warc_file),
            payload_digest=page.payload_digest,
            robots_allowed=capture.robots_allowed,
            opt_outs=header_opt_outs(capture.http_headers) + facts.opt_outs,
            truncated=page.truncated,
            extractor=self.extractor_name,
            extractor_version=self.extractor_version,
            recipe=self.recipe_id,
        )


# Facts that are columns as they are.
FACT_COLUMNS = (
    "canonical_url canonical_is_foreign site_name title description authors modified_at section tags image_url "
    "is_accessible_for_free licence declared_type"
).split()


def _text_columns(extracted: Extracted) -> dict[str, Any]:
    text = extracted.text
    language, score = detect_language(text)
    return {
        "text": text,
        "markdown": extracted.markdown,
        "text_source": extracted.source,
        "text_confidence": extracted.confidence,
        "captions": extracted.captions,
        "set_aside": extracted.set_aside,
        "language": language,
        "language_score": score,
        "word_count": count_words(text),
        "text_sha256": text_digest(text),
    }


def _with_given(facts: Facts, given: Facts | None) -> Facts:
    """What the source has beside the page is more certain than what the page says."""
    if given is None:
        return facts
    return replace(facts, **{one.name: value for one in fields(given) if (value := getattr(given, one.name)) not in (None, ())})


def _with_announced(facts: Facts, capture: Capture) -> Facts:
    """Where the page says no date, or a day only, that of the feed or sitemap which announced it, never later than the capture."""
    if capture.announced_at is None or capture.announced_in is None or _says_otherwise(facts.published, capture.announced_at):
        return facts
    at = min(capture.announced_at, capture.captured_at) if capture.captured_at else capture.announced_at
    return replace(facts, published=Published(at, None, "second", capture.announced_in))


def _says_otherwise(published: Published | None, announced_at: datetime) -> bool:
    """Whether a page's own date is exact, or of another day, whatever the zone, than the announced one."""
    if published is None:
        return False
    return published.precision != "day" or abs(announced_at - (published.at + HALF_A_DAY)) > 2 * HALF_A_DAY


def _published_columns(published: Published | None) -> dict[str, Any]:
    found = asdict(published) if published else dict.fromkeys(("at", "offset_minutes", "precision", "source"))
    return {f"published_{name}": value for name, value in found.items()}


def article_id(capture: Capture, payload_digest: str) -> str:
    """32 hex digits that depend on the capture alone: where it is archived and how it is read do not matter."""
    moment = capture.captured_at.isoformat() if capture.captured_at else ""
    return hashlib.sha256("\n".join((capture.url, moment, payload_digest)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
