"""A date for pages that declare none: htmldate's search, to the day. The only file that knows htmldate."""

from datetime import UTC, datetime

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from tasks.metadata.dates import FIRST_YEAR

# Without a capture date nothing bounds the search; htmldate would ask the clock.
FAR_FUTURE = datetime(2100, 1, 1)  # noqa: DTZ001  # htmldate compares naive dates
# Larger pages are lists and threads: the search took 0.1 s on each and found no day on any.
MAX_ELEMENTS = 5_000
IS_LARGE = etree.XPath(f"count(//*) > {MAX_ELEMENTS}")


def search_day(tree: HtmlElement, url: str, captured_at: datetime | None) -> str | None:
    """The day of publication as ``YYYY-MM-DD``, not after the day of the capture; the tree stays as it was."""
    if IS_LARGE(tree):
        return None
    latest = captured_at.astimezone(UTC).replace(hour=23, minute=59, second=59, tzinfo=None) if captured_at else FAR_FUTURE
    try:
        # Its extensive search takes dates that the text only mentions: a third were wrong, at up to 2 s a page.
        found = find_date(
            tree,
            extensive_search=False,
            original_date=True,
            url=url,
            deferred_url_extractor=True,
            min_date=datetime(FIRST_YEAR, 1, 1),  # noqa: DTZ001
            max_date=latest,
        )
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
        # Markup that htmldate did not expect costs this page its date, not the page.
        return None
    return str(found) if found else None
