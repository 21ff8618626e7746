"""One lane: its lease, the clocks of its domains and what their robots.txt files said."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from tasks.errors import PressError, RetryLater
from tasks.fetching.politeness import HostClock
from tasks.fetching.robots import RobotsCopy
from tasks.lanes.rows import pack, read_rows
from tasks.leases import STALE_SECONDS, Lease
from tasks.storage import Store

BEAT_SECONDS = 20.0
MONTH = timedelta(days=30)
# Beyond this without a beat the lane is left alone: somebody else may take it at STALE_SECONDS.
SURE_SECONDS = STALE_SECONDS / 2


def lane_folder(number: int) -> str:
    """Key prefix of a lane's state."""
    return f"state/lanes/{number:02d}/"


class Lane:
    """The right to visit the domains of a lane, and what is known of them. All of it is read when the lane is taken."""

    def __init__(self, store: Store, number: int, run_id: str) -> None:
        """Nothing is asked of the store yet."""
        self.store, self.number, self.folder = store, number, lane_folder(number)
        self.lease = Lease(store, f"state/leases/lanes/{number:02d}/", run_id, is_strict=True, beat_seconds=BEAT_SECONDS)
        self.clocks: dict[str, HostClock] = {}
        self.robots: dict[str, RobotsCopy] = {}
        self._left_at: datetime | None = None
        # Threads that nobody waits for any more: a late beat would bring back a lease that was given back.
        self._one_at_a_time = Lock()

    def take(self, now: datetime) -> bool:
        """Try to get the lane and read its hosts; False while somebody else may be visiting them; raises BrokenShard."""
        if not self.lease.take():
            return False
        try:
            self._read_hosts(now)
        except PressError:
            self.release()
            raise
        return True

    def _read_hosts(self, now: datetime) -> None:
        clocks = read_rows(self.store, f"{self.folder}hosts.parquet", HostClock)
        self.robots = {copy.origin: copy for copy in read_rows(self.store, f"{self.folder}robots.parquet", RobotsCopy)}
        # Whoever had it was killed, and its last visits may be written nowhere: for all we know they were just now.
        self._left_at = now if self.lease.was_left else None
        self.clocks = {clock.domain: replace(clock, visited_at=self._left_at or clock.visited_at) for clock in clocks}

    def clock(self, domain: str) -> HostClock:
        """What is known of a domain's pace."""
        return self.clocks.get(domain) or HostClock(domain, visited_at=self._left_at)

    def beat(self) -> None:
        """Say that the visits go on; raises RetryLater when somebody followed."""
        with self._one_at_a_time:
            is_ours = self.lease.beat()
        if not is_ours:
            raise RetryLater(f"lane {self.number} was taken over by another run while this one made no progress")

    @property
    def is_surely_ours(self) -> bool:
        """Whether nobody else can be visiting its domains."""
        return self.lease.beaten_seconds_ago < SURE_SECONDS

    def save_hosts(self, now: datetime) -> None:
        """Write clocks and robots.txt copies; those that say nothing any more are dropped."""
        # Called in threads: one write after the other, and of tables that grow meanwhile.
        with self._one_at_a_time:
            clocks = [clock for clock in list(self.clocks.values()) if _matters(clock, now)]
            self.store.write(f"{self.folder}hosts.parquet", pack(HostClock, sorted(clocks, key=lambda clock: clock.domain)))
            kept = [copy for copy in list(self.robots.values()) if copy.until > now or copy.failures]
            self.store.write(f"{self.folder}robots.parquet", pack(RobotsCopy, sorted(kept, key=lambda copy: copy.origin)))

    def release(self) -> None:
        """Give the lane back."""
        with self._one_at_a_time:
            self.lease.release()


def _matters(clock: HostClock, now: datetime) -> bool:
    """Whether it tells more than that the domain was visited long ago."""
    is_old = clock.visited_at is None or now - clock.visited_at > max(MONTH, timedelta(seconds=clock.crawl_delay_seconds))
    return not is_old or (clock.blocked_until is not None and clock.blocked_until > now)
