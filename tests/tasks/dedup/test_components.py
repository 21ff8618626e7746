"""Components are those of a plain union-find, named by their smallest node."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedup.components import Roots, components, star

NODES = st.one_of(st.integers(0, 12), st.integers(2**64 - 8, 2**64 - 1))
EDGES = st.lists(st.tuples(NODES, NODES), max_size=40)


def table(edges):
    return np.array(edges, np.uint64).reshape(-1, 2)


def union_find(edges) -> dict[int, int]:
    """The smallest node of each node's component, the plain way."""
    parents: dict[int, int] = {}

    def root(node):
        while parents.setdefault(node, node) != node:
            node = parents[node]
        return node

    for one, other in edges:
        least, most = sorted((root(one), root(other)))
        parents[most] = least
    return {node: root(node) for node in parents}


@settings(max_examples=300)
@given(EDGES)
def test_components_are_those_of_a_union_find(edges):
    nodes, labels = components(table(edges))
    assert nodes.tolist() == sorted(nodes.tolist())
    assert dict(zip(nodes.tolist(), labels.tolist(), strict=True)) == union_find(edges)


@given(EDGES, st.randoms(use_true_random=False))
def test_components_do_not_depend_on_the_order_of_pairs(edges, random):
    turned = [edge[:: random.choice((1, -1))] for edge in random.sample(edges, len(edges))]
    assert [found.tolist() for found in components(table(edges))] == [found.tolist() for found in components(table(turned))]


@given(EDGES)
def test_a_star_holds_the_same_together_by_fewest_pairs(edges):
    found = star(table(edges)).tolist()
    before = union_find(edges)
    twice = {one for one, other in edges if one == other}
    assert union_find(found) == before
    assert len(found) == len(before) - len(set(before.values())) + len(twice)
    assert all(one == before[other] or one == other in twice for one, other in found)


def test_long_chains_take_few_rounds(monkeypatch):
    """100,000 links whose nodes stand in no order: rounds grow with the logarithm."""
    nodes = np.random.default_rng(1).permutation(100_000).astype(np.uint64)
    rounds, plain = [], np.array_equal
    monkeypatch.setattr(np, "array_equal", lambda *both: rounds.append(1) or plain(*both))
    _, labels = components(np.stack([nodes[:-1], nodes[1:]], axis=1))
    assert not labels.any()
    assert len(rounds) < 150


@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=3)), max_size=6))
def test_roots_hold_together_what_was_joined(rows, joins):
    roots, edges = Roots(rows), [(row, row) for row in range(rows)]
    for one, others in joins:
        places = [other % rows for other in others]
        roots.join(one % rows, np.array(places, np.intp))
        edges += [(one % rows, place) for place in places]
    plain = union_find(edges)
    assert all((roots.of[a] == roots.of[b]) == (plain[a] == plain[b]) for a in range(rows) for b in range(rows))
