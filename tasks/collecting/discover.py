"""The first stage of a run: every source that is due is looked at, and what it announces is left for the lanes that fetch it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.archive.writing import Earlier
from tasks.collecting import looking
from tasks.collecting.asking import MOST_REDIRECTS, Ask, Disallowed, Held, Outcome, TakenOut, is_downgrade, redirect_of
from tasks.collecting.ledger import Fate
from tasks.collecting.looking import FEED, HOME, MOST_SOURCE_BYTES, SITEMAP, roots_of
from tasks.collecting.orders import SourceNote
from tasks.collecting.side_by_side import all_of
from tasks.collecting.visit import Visit
from tasks.discovery.home_pages import robots_sitemaps
from tasks.discovery.items import Announced, Child
from tasks.fetching.answers import Answer, Failure
from tasks.lanes.lane import Lane
from tasks.lanes.looks import Look, Looks
from tasks.pages.decoding import BodyTooBig, Undecodable, payload_digest
from tasks.sites import Site
from tasks.urls import domain_of, lane_of

MOST_DEPTH = 3


async def discover_lane(visit: Visit, lane: Lane) -> None:
    """Look at the due sources of a lane, the domains side by side."""
    looks = await asyncio.to_thread(Looks, visit.store, lane.folder)
    roots = roots_of(visit.agenda)
    for root in roots:
        if lane_of(domain_of(root.url)) == lane.number:
            known = looks.by_url.get(root.url, root)
            looks.by_url[root.url] = replace(known, kind=root.kind, site=root.site, parent="", depth=0)
    visit.closing[lane.number] = lambda: looks.save(visit.around.now())
    sites = {site.name: site for site in visit.agenda.sites}
    named = {root.url for root in roots}
    domains: dict[str, list[str]] = {}
    # What was changed may have changed what stands below it: that comes later.
    for look in sorted(looks.by_url.values(), key=lambda look: look.depth):
        if look.site in sites and looks.is_wanted(look, named):
            domains.setdefault(domain_of(look.url), []).append(look.url)
    work = LaneDiscovery(visit, lane, looks, sites)
    await all_of(work.look_at_domain(urls) for urls in domains.values())
    now = visit.around.now()
    listed = (look for look in looks.by_url.values() if look.site in sites and looks.is_wanted(look, named))
    visit.notes += [SourceNote(look.site, look.url, what) for look in listed if (what := looking.complaint(look, now))]


@dataclass(slots=True)
class LaneDiscovery:
    """The sources of one lane, being looked at."""

    visit: Visit
    lane: Lane
    looks: Looks
    sites: dict[str, Site]

    async def look_at_domain(self, urls: Sequence[str]) -> None:
        """One domain's sources, one after the other, and then those that these named."""
        waiting = list(urls)
        while waiting:
            look = self.looks.by_url[waiting.pop(0)]
            if not self._is_due(look):
                self._count(look, "sources not due")
                continue
            known = set(self.looks.by_url)
            self.looks.by_url[look.url] = await self._look_at(look, self.sites[look.site])
            waiting += [new for new in self.looks.by_url if new not in known and domain_of(new) == domain_of(look.url)]

    def _is_due(self, look: Look) -> bool:
        every = self.visit.agenda.all_before
        is_asked_for = bool(every) and (look.asked_at is None or look.asked_at < datetime.fromisoformat(every))
        return is_asked_for or look.is_due(self.visit.around.now())

    def _count(self, look: Look, what: str, number: int = 1) -> None:
        self.visit.ledger.count(look.site, what, number)

    async def _look_at(self, look: Look, site: Site) -> Look:
        outcome = await self._follow(look, site)
        now = self.visit.around.now()
        if isinstance(outcome, Held):
            self._count(look, "sources deferred")
            return replace(look, status=0, problem=outcome.why)
        if isinstance(outcome, TakenOut):
            self._count(look, "sources removed")
            return looking.put_off(look, now, f"taken out by removal {outcome.removal}")
        if isinstance(outcome, Disallowed):
            self._count(look, "sources disallowed")
            return looking.put_off(look, now, "robots.txt disallows it")
        if isinstance(outcome, Failure):
            self._count(look, "sources failed")
            return looking.failed(replace(look, status=0), now, f"{outcome.kind.value}: {outcome.detail}")
        return await self._answered(look, outcome, site)

    async def _answered(self, look: Look, answer: Answer, site: Site) -> Look:
        now = self.visit.around.now()
        if answer.status == 304:
            return self._as_it_was(look, answer)
        if moved := redirect_of(answer):
            return self._moved(look, moved)
        if not 200 <= answer.status < 300:
            self._count(look, "sources failed")
            self.visit.keep(answer)
            return looking.failed(replace(look, status=answer.status), now, f"status {answer.status}")
        return await self._read(look, answer, site)

    async def _follow(self, look: Look, site: Site) -> Outcome:
        """The answer at the end of the redirects that stay at the domain."""
        delay = max(self.visit.agenda.limits.delay_seconds, site.delay_seconds)
        url, headers = look.url, looking.validators(look) + looking.language_of(site)
        for hop in range(MOST_REDIRECTS + 1):
            if removal := self.visit.removed.matches(url):
                return TakenOut(removal)
            outcome = await self.visit.guest.ask(Ask(url, delay, lambda _: True, headers, MOST_SOURCE_BYTES))
            following = redirect_of(outcome) if isinstance(outcome, Answer) else None
            is_last = following is None or hop == MOST_REDIRECTS or is_downgrade(url, following)
            if following is None or is_last or domain_of(following) != domain_of(url):
                return outcome
            url = following
        raise AssertionError("the loop returns")

    def _moved(self, look: Look, moved: str) -> Look:
        """A source that lies at another domain now, or leads in circles: who holds that domain's lane takes it over."""
        now = self.visit.around.now()
        if domain_of(moved) == domain_of(look.url) or is_downgrade(look.url, moved) or look.depth >= MOST_DEPTH:
            self._count(look, "sources failed")
            return looking.failed(look, now, f"redirected to {moved[:200]}, which is not followed")
        self.visit.named.append(Look(moved, look.kind, look.site, look.url, look.depth + 1))
        self._count(look, "sources moved")
        return looking.put_off(look, now, f"moved to {moved}")

    def _as_it_was(self, look: Look, answer: Answer) -> Look:
        """A revisit record for a source that is as it was; what it named earlier is looked at all the same."""
        self._count(look, "sources unchanged")
        if look.captured_at:
            self.visit.keep_again(answer, Earlier(look.url, look.captured_at, look.record_id, look.digest))
        else:
            self.visit.keep(answer)
        return looking.unchanged(look, answer, self.visit.around.now())

    async def _read(self, look: Look, answer: Answer, site: Site) -> Look:
        digest = payload_digest(answer.body)
        if look.digest == digest:
            return self._as_it_was(look, answer)
        written = self.visit.keep(answer, notes={"site": site.name})
        now = self.visit.around.now()
        try:
            # In a thread: the other domains of this worker must not wait for a large sitemap.
            haul = await asyncio.to_thread(looking.haul, look, answer, site, self.visit.agenda.limits, now)
        except (Undecodable, BodyTooBig) as error:
            self._count(look, "sources failed")
            return looking.failed(look, now, str(error))
        self.visit.found += haul.targets
        self._count(look, "announced", len(haul.announced.items))
        self._count(look, Fate.LEFT_OUT, len(haul.announced.items) - len(haul.targets))
        self._name(look, self._children(look, haul.announced))
        self._count(look, "sources read")
        kept = replace(look, digest=digest, record_id=written.record_id, captured_at=answer.asked_at)
        return looking.read(kept, answer, haul.announced, now)

    def _children(self, look: Look, announced: Announced) -> tuple[Child, ...]:
        rules = self.visit.guest.known_rules(look.url) if look.kind == HOME else None
        return announced.children + (robots_sitemaps(rules.sitemaps, look.url) if rules else ())

    def _name(self, look: Look, children: Sequence[Child]) -> None:
        """Take in the feeds and sitemaps that this one named; those at other domains go to their lanes."""
        for child in children if look.depth < MOST_DEPTH else ():
            known = self.looks.by_url.get(child.url)
            if known is None:
                kind = SITEMAP if look.kind == SITEMAP or "sitemap" in child.url else FEED
                named = Look(child.url, kind, look.site, look.url, look.depth + 1)
                if domain_of(child.url) == domain_of(look.url):
                    self.looks.by_url[child.url] = named
                else:
                    self.visit.named.append(named)
            elif child.modified_at and known.asked_at and child.modified_at > known.asked_at:
                self.looks.by_url[child.url] = replace(known, next_at=None)
