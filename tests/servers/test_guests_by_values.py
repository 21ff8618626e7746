"""The auditor on visits that are written down here: times of days, and times by chance."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.servers.guests import Rules, violations
from tests.servers.visits import Visit

AGENT = "pressrun/0 (+https://press.example/bot)"


def test_rules_hold_over_runs_for_a_day_and_no_longer():
    robots = Visit("127.1.0.1:80", "one.example", "/robots.txt", 200, 0.0, 0.1, AGENT, 1, robots="User-agent: *\nDisallow: /x\n")
    page = replace(robots, path="/y", robots=None)

    def at(visit: Visit, hours: float, **other) -> Visit:
        return replace(visit, begun=hours * 3600, ended=hours * 3600 + 0.1, **other)

    def kinds_of(*visits: Visit) -> list[str]:
        return [each.partition(":")[0] for each in violations(visits)]

    assert kinds_of(robots, at(page, 23)) == []
    assert kinds_of(robots, at(page, 25)) == ["robots.txt too old"]
    assert kinds_of(robots, at(page, 23, path="/x1")) == ["disallowed"]
    # Those of yesterday count while those of today are out of reach, but a day is the end.
    assert kinds_of(robots, at(robots, 22, status=503, robots=None), at(page, 23)) == []
    assert kinds_of(robots, at(robots, 22, status=503, robots=None), at(page, 25)) == ["robots.txt out of reach"]
    assert kinds_of(robots, at(robots, 22, status=304, robots=None), at(page, 25, path="/x1")) == ["disallowed"]


SPANS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30)), max_size=12)


@given(SPANS)
def test_pace_is_judged_as_the_times_say(spans):
    """Tenths of seconds: whoever compares each pair of visits comes to the same."""
    robots = Visit("127.1.0.1:80", "one.example", "/robots.txt", 404, -100.0, -100.0, AGENT, 1)
    ordered = sorted(((begun / 10, (begun + length) / 10) for begun, length in spans), key=lambda each: each[0])
    visits = [
        replace(robots, path=f"/{place}", status=200, begun=begun, ended=ended) for place, (begun, ended) in enumerate(ordered)
    ]
    found = [each.partition(":")[0] for each in violations([robots, *visits], Rules(delay_seconds=1.0))]
    pairs = [(one, two) for place, one in enumerate(ordered) for two in ordered[place + 1 :]]
    assert found.count("two at a time") == sum(two[0] < one[1] for one, two in pairs)
    alone = [place for place, each in enumerate(ordered) if place and all(one[1] <= each[0] for one in ordered[:place])]
    assert found.count("too soon") == sum(ordered[place][0] - max(one[1] for one in ordered[:place]) < 0.97 for place in alone)
    assert set(found) <= {"two at a time", "too soon"}
