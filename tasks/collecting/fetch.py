"""The second stage of a run: what was found for a lane, and is not known yet, is fetched, domain by domain, newest first."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from tasks.archive.own_fields import ANNOUNCED_AT, ANNOUNCED_IN, ROBOTS_ALLOWED
from tasks.collecting.asking import MOST_REDIRECTS, Ask, Disallowed, Held, Outcome, TakenOut, is_downgrade, redirect_of
from tasks.collecting.ledger import Fate, Line
from tasks.collecting.looking import language_of
from tasks.collecting.rounds import LIST
from tasks.collecting.side_by_side import all_of
from tasks.collecting.tapes import PAGES
from tasks.collecting.visit import Visit
from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.politeness import Stop, affordable, decide
from tasks.fetching.retries import next_try
from tasks.lanes.lane import Lane
from tasks.lanes.queue import Queue, Rows, Target
from tasks.lanes.seen import Seen
from tasks.opt_outs import NOT_TO_BE_KEPT, header_opt_outs
from tasks.urls import domain_of, key_hash, url_key

PAGE_TYPES = {"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream"}


def takes_page(mime: str) -> bool:
    """Whether a body of this type may be an article's."""
    return mime in PAGE_TYPES


async def fetch_lane(visit: Visit, lane: Lane) -> None:
    """Fetch what is due in a lane; what does not fit the time stays in its queue, with a date."""
    seen, queue = await asyncio.to_thread(_load, visit, lane)
    visit.seen[lane.number] = seen
    known = queue.sift(seen)
    for site, number in known.items():
        visit.ledger.count(site, Fate.SEEN, number)
    due = queue.due(visit.around.now(), (site.name for site in visit.agenda.sites))
    visit.taken += known.total() + sum(len(rows) for rows in due.values())
    work = LaneFetch(visit, lane, queue, seen)
    visit.closing[lane.number] = queue.save
    await all_of(work.fetch_domain(domain, rows) for domain, rows in due.items())


def _load(visit: Visit, lane: Lane) -> tuple[Seen, Queue]:
    return Seen(visit.store, f"{lane.folder}seen/"), Queue(visit.store, lane.folder)


class LaneFetch:
    """The addresses of one lane, on their way."""

    def __init__(self, visit: Visit, lane: Lane, queue: Queue, seen: Seen) -> None:
        """Nothing is asked yet."""
        self.visit, self.lane, self.queue, self.seen = visit, lane, queue, seen
        self.now = visit.around.now
        self._sites = {site.name: site for site in visit.agenda.sites}
        self._dealt_with: set[int] = set()

    async def fetch_domain(self, domain: str, rows: Rows) -> None:
        """One domain, one address after the other."""
        limits = self.visit.agenda.limits
        sites = [self._sites[name] for name in self.queue.sites(rows)]
        delay = max([limits.delay_seconds, *(site.delay_seconds for site in sites)])
        most = max(site.most_urls or limits.most_urls for site in sites)
        rows = self._leave_out_old(rows)
        clock, deadline = self.lane.clock(domain), self.visit.order.deadline
        verdict = decide(self.now(), clock, delay, deadline)
        if isinstance(verdict, Stop):
            self._defer(rows, verdict.until, verdict.why)
            return
        room = min(most, affordable(clock, delay, self.now(), deadline))
        for place, target in enumerate(self.queue.targets(rows[:room])):
            held = await self._fetch_row(int(rows[place]), target, delay)
            if held:
                self._defer(rows[place + 1 :], held.until, held.why)
                return
        self._defer(rows[room:], deadline, f"more than the {room} addresses that this run has time for")

    def _leave_out_old(self, rows: Rows) -> Rows:
        """The rows without those that have waited for as long as an item may be old: those of a dead domain would wait for ever."""
        days = self.visit.agenda.limits.newest_days
        is_old = self.queue.old(rows, self.now() - timedelta(days=days), LIST)
        for row, target in zip(rows[is_old], self.queue.targets(rows[is_old]), strict=True):
            self._finish(int(row), target, Fate.LEFT_OUT, f"not fetched in {days:g} days: {target.why or 'no room'}")
        return rows[~is_old]

    def _defer(self, rows: Rows, until: datetime, why: str) -> None:
        if len(rows):
            self.queue.defer(rows, until, why)
            self.visit.ledger.defer(self.queue, rows, until, why, self.now())

    async def _fetch_row(self, row: int, target: Target, delay: float) -> Held | None:
        """Fetch one address and note what became of it; gives what holds up all of its domain."""
        if target.key in self._dealt_with:  # another address led here
            self.visit.ledger.count(target.site, Fate.SEEN)
            self.queue.change(row, None)
            return None
        outcome, offset = await self._follow(target, delay)
        if isinstance(outcome, Held):
            self.queue.change(row, replace(target, not_before=outcome.until, why=outcome.why))
            self._note(target, Fate.DEFERRED, outcome.why, until=outcome.until)
            return outcome if outcome.is_domain else None
        if isinstance(outcome, Disallowed):
            self._finish(row, target, Fate.DISALLOWED, "robots.txt")
        elif isinstance(outcome, TakenOut):
            self._finish(row, target, Fate.REMOVED, f"removal {outcome.removal}")
        elif isinstance(outcome, Answer) and outcome.status < 400:
            self._finish_answer(row, target, outcome, offset)
        else:
            self._fail(row, target, outcome, offset)
        return None

    async def _follow(self, target: Target, delay: float) -> tuple[Outcome, int | None]:
        """The answer at the end of the redirects that stay at the domain, and where it lies on the tape."""
        url, passed = target.url, {target.url}
        for hop in range(MOST_REDIRECTS + 1):
            if removal := self.visit.removed.matches(url):
                return TakenOut(removal), None
            outcome = await self.visit.guest.ask(Ask(url, delay, takes_page, language_of(self._sites[target.site])))
            if not isinstance(outcome, Answer):
                return outcome, None
            offset = self._keep(target, outcome)
            following = redirect_of(outcome)
            if following is None or (not is_downgrade(url, following) and self._is_elsewhere(target, following)):
                return outcome, offset
            if following in passed or hop == MOST_REDIRECTS or is_downgrade(url, following):
                why = "leads from https to http" if is_downgrade(url, following) else "a loop or more than five redirects"
                return Failure(url, FailureKind.BAD_URL, f"redirected to {following[:200]}: {why}", self.now(), 0.0), offset
            passed.add(following)
            url = following
        raise AssertionError("the loop returns")

    def _keep(self, target: Target, answer: Answer) -> int | None:
        """Put an answer on the tape; one that asks not to be kept leaves a note there."""
        if self._opt_outs(answer):
            self.visit.tapes.tapes[PAGES].add_note(answer.url, answer.asked_at, {"opt-out": ", ".join(self._opt_outs(answer))})
            return None
        fields = {ROBOTS_ALLOWED: "true"}
        if target.published_at and target.found_as in {"feed", "sitemap"}:
            fields |= {ANNOUNCED_AT: target.published_at.isoformat(timespec="seconds"), ANNOUNCED_IN: target.found_as}
        return self.visit.keep(answer, PAGES, fields, {"via": target.found_in, "site": target.site}).offset

    def _opt_outs(self, answer: Answer) -> list[str]:
        agenda = self.visit.agenda
        found = header_opt_outs(answer.headers, agenda.agent.name) if agenda.honours_opt_outs else ()
        return [signal for signal in found if signal in NOT_TO_BE_KEPT]

    def _is_elsewhere(self, target: Target, following: str) -> bool:
        """Whether a redirect ends here: what is known already, and what is at another domain, which its own lane fetches."""
        key = key_hash(url_key(following))
        if key == target.key:
            return False
        domain = domain_of(following)
        if domain != target.domain:
            # As it was announced, with its date.
            names = (target.site, target.url, target.found_as)
            self.visit.found.append(Target(key, following, domain, *names, self.now(), target.published_at))
            return True
        return key in self._dealt_with or bool(self.seen.holds([key])[0])

    def _finish_answer(self, row: int, target: Target, answer: Answer, offset: int | None) -> None:
        if signals := self._opt_outs(answer):
            self._finish(row, target, Fate.OPTED_OUT, ", ".join(signals), answer)
        else:
            moved = redirect_of(answer)
            why = f"leads to {moved}" if moved else answer.truncated or ""
            self._finish(row, target, Fate.FETCHED, why, answer, offset)
        if answer.url != target.url:
            self._remember(key_hash(url_key(answer.url)))

    def _fail(self, row: int, target: Target, outcome: Answer | Failure, offset: int | None) -> None:
        tries = target.tries + 1
        why = f"status {outcome.status}" if isinstance(outcome, Answer) else f"{outcome.kind.value}: {outcome.detail}"
        again = next_try(outcome, tries, self.now())
        # Retry-After speaks for the whole domain, and may be later than the next try of one page.
        blocked = self.lane.clock(target.domain).blocked_until
        until = max(again, blocked) if again and blocked else again
        status = outcome.status if isinstance(outcome, Answer) else None
        self._note(target, Fate.FAILED, why, until=until, status=status, offset=offset)
        if until is None:
            self._remember(target.key)
        self.queue.change(row, replace(target, tries=tries, not_before=until, why=why) if until else None)

    def _finish(
        self, row: int, target: Target, fate: Fate, why: str, answer: Answer | None = None, offset: int | None = None
    ) -> None:
        self._note(target, fate, why, status=answer.status if answer else None, offset=offset)
        self._remember(target.key)
        self.queue.change(row, None)

    def _remember(self, key: int) -> None:
        self._dealt_with.add(key)
        self.visit.done.setdefault(self.lane.number, []).append(key)

    def _note(
        self,
        target: Target,
        fate: Fate,
        why: str,
        *,
        until: datetime | None = None,
        status: int | None = None,
        offset: int | None = None,
    ) -> None:
        place = self.visit.tapes.key(PAGES) if offset is not None else None
        names = (target.url, target.domain, target.site, target.found_in)
        self.visit.ledger.note(target, Line(*names, fate.value, why, self.now(), until, status, place, offset))
