"""A visit that is killed, wherever it was, loses nothing, and who follows is no ruder for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tasks import leases
from tasks.collecting.ledger import Fate
from tasks.errors import RetryLater
from tasks.storage import open_store
from tests.tasks.collecting.runs import (
    Runs,
    agenda_of,
    check,
    check_notes,
    fates_in,
    listed,
    pages_in,
    seen_in,
    waiting_in,
)


def mortal(store, writes: int):
    """The same store for one who is killed after so many writes."""

    class Mortal(type(store)):
        left = writes

        def write(self, key, data):
            self._live()
            super().write(key, data)

        def create(self, key, data):
            self._live()
            return super().create(key, data)

        def delete(self, key):
            self._live()
            super().delete(key)

        def _live(self):
            self.left -= 1
            if self.left < 0:
                raise RetryLater("killed")

    twin = open_store(store.url)
    twin.__class__ = Mortal
    return twin


def killed_after(store, agenda, writes: int) -> bool:
    """Whether a run was stopped by it."""
    runs = Runs(mortal(store, writes), agenda)
    try:
        runs.run()
    except RetryLater:
        return True
    return False


def test_a_kill_at_any_write_loses_nothing(web, site, tmp_path, monkeypatch):
    site.publish(1)
    agenda = agenda_of(listed(site, include=(r"-[34]\.html",)))
    wanted = {site.articles[3], site.articles[4]}
    writes = 1  # the agenda
    while True:
        store = open_store(str(tmp_path / f"corpus-{writes}"))
        was_killed = killed_after(store, agenda, writes)
        with monkeypatch.context() as patch:
            patch.setattr(leases, "is_alive", lambda _: False)
            runs = Runs(store, agenda, later=timedelta(hours=2))
            runs.run()
        assert set(pages_in(store)) == wanted, writes
        assert {url: fates_in(store).get(url) for url in wanted} == dict.fromkeys(wanted, Fate.FETCHED)
        assert max(pages_in(store).values()) <= 2
        assert (len(waiting_in(store)), seen_in(store)) == (0, 2)
        assert not list(store.list("state/leases/"))
        check_notes(store)
        if not was_killed:
            break
        writes += 1
    assert writes > 15
    check(web, runs)


def test_after_a_kill_the_pace_is_kept(web, site, folder, monkeypatch):
    """The last visits of who was killed are written nowhere: the next one begins with a pause."""
    agenda = agenda_of(listed(site, delay_seconds=0.3))
    first = Runs(folder, agenda)
    first.discover()
    key = next(info.key for info in folder.list("state/lanes/") if info.key.endswith("hosts.parquet"))
    early = folder.read(key)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(first.fetch)
        while len(web.visits(site)) < 4:
            time.sleep(0.01)
        first.is_wanted = lambda: False
        under_way.result()
    folder.write(key, early)
    lane = int(key.split("/")[2])
    left = leases.Lease(folder, f"state/leases/lanes/{lane:02d}/", "killed")
    left.take()
    monkeypatch.setattr(leases, "is_alive", lambda _: False)
    before = web.visits(site)[-1]
    second = Runs(folder, agenda)
    second.fetch()
    gap = next(each for each in web.visits(site) if each.begun > before.ended).begun - before.ended
    assert gap >= 0.29
    assert fates_in(folder) == dict.fromkeys(site.articles, Fate.FETCHED)
