"""Whether and when an address that was not fetched is asked again: hours, then days, then never."""

from datetime import datetime, timedelta

from tasks.fetching.answers import Answer, Failure, FailureKind

# After the first, second and third try (news-crawl: after 48 hours, three times).
PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=48))
NOT_FOUND_PAUSE = timedelta(days=1)
FINAL_FAILURES = {FailureKind.BAD_URL, FailureKind.REFUSED_ADDRESS}
# Answers that a later try would not change; a 429 and every 5xx are the site's state, not the page's.
PASSING = {408, 425, 429}


def next_try(outcome: Answer | Failure, tries: int, now: datetime) -> datetime | None:
    """When to ask again after this failure, ``tries`` with this one counted; None: never.

    404 once more, a day later; 410, 451 and what our own guard refused never; other 4xx never, for the site says no.
    """
    if isinstance(outcome, Failure):
        return None if outcome.kind in FINAL_FAILURES else _in_steps(tries, now)
    if outcome.status == 404:
        return now + NOT_FOUND_PAUSE if tries == 1 else None
    if outcome.status in PASSING or outcome.status >= 500:
        return _in_steps(tries, now)
    return None


def _in_steps(tries: int, now: datetime) -> datetime | None:
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None
