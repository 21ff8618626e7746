"""What a question and its answer tell of another clock."""

import pytest

from flows.checks.clocks import Reading, clock_finding


@pytest.mark.parametrize(
    ("reading", "verdict", "says"),
    [
        (Reading(100, 101, 100, 101), "ok", "agree"),
        (Reading(100, 101, 101.9, 101.9), "ok", "agree"),
        (Reading(100, 101, 103, 104), "warn", "2.0 s ahead"),
        (Reading(100, 101, 90, 91), "warn", "9.0 s behind"),
        (Reading(100, 101, 200, 201), "FAIL", "99.0 s ahead"),
    ],
)
def test_clocks(reading, verdict, says):
    found = clock_finding({"x": reading, "y": Reading(1, 2, 1, 2)})
    assert found.verdict == verdict
    assert says in found.found
