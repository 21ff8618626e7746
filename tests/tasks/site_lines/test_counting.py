"""Counts against the same counts by sets."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.site_lines.counting import LEAST_OF_MONTH, Groups, Least, find_pages, mixed, numbered

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=60)


@given(ROWS, st.integers(1, 4), st.integers(0, 4), st.sampled_from([0.0, 0.03, 0.3, 0.5, 1.0]))
def test_reach_is_what_sets_say(drawn: list, pages: int, of_month: int, share: float) -> None:
    site, story, month, line = (np.array([row[i] for row in drawn], np.uint64) for i in range(4))
    # A page belongs to one site.
    story += site * np.uint64(100)
    counted = np.array([row[4] for row in drawn], bool)
    found = find_pages(site, story, month.astype(np.int64))
    groups = Groups(found, mixed(site, line), np.ones(len(drawn), bool))
    reached = groups.spread(groups.reach(counted, Least(pages, share, of_month)))

    of_site, of_line, times = defaultdict(set), defaultdict(set), defaultdict(int)
    for s, p, m, n, is_counted in zip(site, story, month, line, counted, strict=True):
        times[s, n] += 1
        for when in {0, m}:
            of_site[s, when].add(p)
            if is_counted:
                of_line[s, n, when].add(p)

    def is_much(s: int, n: int) -> bool:
        months = [when for when in (1, 2, 3) if len(of_site[s, when]) >= of_month]
        return times[s, n] > 1 and any(
            len(of_line[s, n, when]) >= max(pages, (max(share, LEAST_OF_MONTH) if when else share) * len(of_site[s, when]))
            for when in (0, *months)
        )

    assert reached.tolist() == [is_much(s, n) for s, n in zip(site, line, strict=True)]


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_numbers_keep_the_order(keys: list[int]) -> None:
    numbers = numbered(np.array(keys, np.uint64))
    assert numbers.tolist() == [sorted(set(keys)).index(key) for key in keys]
