"""Where hosts lie in an index sorted by SURT: no key of theirs is outside the ranges."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.common_crawl.surts import KeyRange, KeyRanges, ranges_of
from tasks.host_names import Hosts
from tests.mirror import surt_of

LABELS = st.sampled_from(["a", "b", "www", "www2", "a-b", "example", "example-a", "examplea", "org"])
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "org"]))
KEYS = st.binary(max_size=4)


@given(st.sets(NAMES, min_size=1, max_size=5), NAMES, st.sampled_from(["", ":8080"]), st.sampled_from(["", "/", "/x?y=z"]))
def test_no_key_of_a_wanted_host_is_outside(names, host, port, path):
    key = surt_of(f"http://{host}{port}{path}").encode()
    inside = any(ranges_of(names).between(key, key))
    assert inside or not Hosts(names).takes(host)


def test_other_hosts_are_outside():
    ranges = ranges_of(["example.org"])
    for host in ("notexample.org", "example.org.uk", "example-a.org", "org", "exampl.org", "examplea.org"):
        key = surt_of(f"http://{host}/").encode()
        assert not any(ranges.between(key, key)), host
    assert len(ranges.all) == 2


def test_addresses_lie_as_they_are_or_reversed():
    ranges = ranges_of(["192.0.2.7"])
    for key in (b"7,2,0,192)/", b"192.0.2.7)/", b"192.0.2.7:8080)/"):
        assert any(ranges.between(key, key))


@given(st.lists(st.tuples(KEYS, KEYS), max_size=6), KEYS, KEYS)
def test_ranges_between_two_keys_are_those_that_hold_one(pairs, first, last):
    first, last = sorted((first, last))
    held = [KeyRange(*sorted(pair)) for pair in pairs if pair[0] != pair[1]]
    found = any(KeyRanges(held).between(first, last))
    assert found or not any(each.start <= last and each.end > first for each in held)
