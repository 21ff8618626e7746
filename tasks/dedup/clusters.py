"""What is known of an article's copies, once it is known which articles hang together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.dedup.signatures import Numbers

Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Members:
    """Articles of clusters: ``label`` is alike for all of one cluster. Times are microseconds since 1970, the largest: unknown."""

    nodes: Numbers
    labels: Numbers
    captured: Times
    published: Times


@dataclass(frozen=True, slots=True)
class Clusters:
    """For each member: the place (in ``Members``) of the one that names the cluster, its size, and whether it is the original."""

    namers: npt.NDArray[np.intp]
    sizes: npt.NDArray[np.int64]
    is_original: npt.NDArray[np.bool_]


def clusters(members: Members) -> Clusters:
    """A cluster is named after the member that was captured first: copies that come later do not rename it.

    Its original is the one that was published first, then the one captured first. What two have in common is decided by their
    ids: nothing depends on the order of the members.
    """
    if not len(members.nodes):
        return Clusters(np.empty(0, np.intp), np.empty(0, np.int64), np.empty(0, np.bool_))
    by_capture = np.lexsort((members.nodes, members.published, members.captured, members.labels))
    by_publication = np.lexsort((members.nodes, members.captured, members.published, members.labels))
    labels = members.labels[by_capture]
    firsts = np.flatnonzero(np.concatenate([[True], labels[1:] != labels[:-1]]))
    sizes = np.diff(np.append(firsts, len(labels)))
    namers, counts = np.empty(len(labels), np.intp), np.empty(len(labels), np.int64)
    namers[by_capture] = np.repeat(by_capture[firsts], sizes)
    counts[by_capture] = np.repeat(sizes, sizes)
    is_original = np.zeros(len(labels), np.bool_)
    is_original[by_publication[firsts]] = True
    return Clusters(namers, counts, is_original)
