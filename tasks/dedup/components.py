"""Connected components of pairs of articles."""

import numpy as np
import numpy.typing as npt

from tasks.dedup.signatures import Numbers

Edges = npt.NDArray[np.uint64]  # pairs x 2


class Roots:
    """Which of a few thousand rows hang together; ``of`` has the same number for all rows of a component."""

    def __init__(self, rows: int) -> None:
        """Each alone."""
        self.of = np.arange(rows)

    def join(self, one: int, others: npt.NDArray[np.intp]) -> None:
        """Let one row and others hang together."""
        if len(others):
            self.of[np.isin(self.of, self.of[others])] = self.of[one]


def components(edges: Edges) -> tuple[Numbers, Numbers]:
    """All nodes of the pairs, sorted, and for each the smallest node of its component.

    The smaller of two labels is handed on along every pair, and labels are followed to their own labels, until nothing changes:
    a number of rounds that grows with the logarithm of a component's width.
    """
    nodes, places = np.unique(edges, return_inverse=True)
    ones, others = places.reshape(-1, 2).T
    labels = np.arange(len(nodes))
    while True:
        least = np.minimum(labels[ones], labels[others])
        before = labels.copy()
        # The label of a label, too: else a long chain would take as many rounds as it has links.
        np.minimum.at(labels, before[ones], least)
        np.minimum.at(labels, before[others], least)
        np.minimum.at(labels, ones, least)
        np.minimum.at(labels, others, least)
        while not np.array_equal(labels, shorter := labels[labels]):
            labels = shorter
        if np.array_equal(labels, before):
            return nodes, nodes[labels]


def star(edges: Edges) -> Edges:
    """The fewest pairs by which the same nodes hang together: each with the smallest of its component.

    A pair of a node with itself stays: there are two of it.
    """
    nodes, labels = components(edges)
    is_other = nodes != labels
    twice = np.unique(edges[edges[:, 0] == edges[:, 1], 0])
    others = np.stack([labels[is_other], nodes[is_other]], axis=1)
    return np.concatenate([others, np.stack([twice, twice], axis=1)])
