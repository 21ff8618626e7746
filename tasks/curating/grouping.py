"""The third step: which articles hang together, which of them is the original, and how much there is of every hour."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tasks.curating.joining import all_pairs
from tasks.curating.places import CLUSTERS, NO_TIME, STORIES, WORK, articles_key, months_of
from tasks.curating.tables import read_table, write_table
from tasks.dedup.clusters import Members, clusters
from tasks.dedup.components import components
from tasks.dedup.signatures import Numbers
from tasks.errors import RetryLater
from tasks.storage import NotFound, Store

HOUR = 3_600_000_000
FACTS = ["node", "content", "id", "at", "captured", "published"]


@dataclass(frozen=True, slots=True)
class Groups:
    """What the third step found: characters by month and hour (hours since 1970), and the sums of clusters.

    ``articles`` counts an article that was captured once and lies in several archives as often as it lies there.
    """

    articles: int
    clusters: int
    clustered: int
    hours: dict[str, dict[int, int]]


def groups_key(work: str) -> str:
    """Where the sums of the step lie, written last."""
    return f"{WORK}{work}/groups.json"


def clusters_key(work: str, month: str) -> str:
    """Clusters of the articles of a month that have copies, or lie in several archives, by node."""
    return f"{WORK}{work}/clusters/{month}.parquet"


def stories_key(work: str) -> str:
    """Which articles tell the same story: ``STORIES``, of those that have copies or lie in several archives."""
    return f"{WORK}{work}/stories.parquet"


def group(store: Store, work: str, batches: tuple[str, ...], joins: tuple[str, ...], is_wanted: Callable[[], bool]) -> Groups:
    """Write the clusters and the stories. Memory: pairs and members (70 bytes each), and one batch's facts."""
    try:
        return _read(store.read(groups_key(work)))
    except NotFound:
        pass
    nodes, labels = components(all_pairs(store, joins))
    articles, members, hours = 0, [], dict[str, Counter[int]]()
    for name in batches:
        if not is_wanted():
            raise RetryLater("grouping was cancelled: the next run does it again")
        facts = read_table(store, articles_key(name), [*FACTS, "chars"])
        articles += len(facts)
        _count(facts, hours)
        members.append(facts.select(FACTS).filter(pa.array(np.isin(facts.column("node").to_numpy(), nodes))))
    sums = _write_clusters(store, work, pa.concat_tables(members), (nodes, labels))
    found = Groups(articles, *sums, {month: dict(sorted(counts.items())) for month, counts in sorted(hours.items())})
    hourly = {month: list(counts.items()) for month, counts in found.hours.items()}
    store.write(groups_key(work), json.dumps([found.articles, found.clusters, found.clustered, hourly]).encode())
    return found


def _read(data: bytes) -> Groups:
    articles, many, clustered, hourly = json.loads(data)
    return Groups(articles, many, clustered, {month: dict(pairs) for month, pairs in hourly.items()})


def _count(facts: pa.Table, hours: dict[str, Counter[int]]) -> None:
    at, chars = facts.column("at").to_numpy(), facts.column("chars").to_numpy()
    found, places = np.unique(at // HOUR, return_inverse=True)
    months = months_of(np.where(found == NO_TIME // HOUR, NO_TIME, found * HOUR))
    for month, hour, count in zip(months, found.tolist(), np.bincount(places, weights=chars).tolist(), strict=True):
        hours.setdefault(month, Counter())[hour] += int(count)


def _write_clusters(store: Store, work: str, members: pa.Table, labelled: tuple[Numbers, Numbers]) -> tuple[int, int]:
    """Write what is known of each member, by month; gives the number of clusters and of their members."""
    # Where a capture lies in several archives, one row stands for it, by what it says: whichever archive was read first.
    members = members.sort_by([("node", "ascending"), ("content", "ascending")])
    nodes, firsts, times = np.unique(members.column("node").to_numpy(), return_index=True, return_counts=True)
    table = members.take(pa.array(firsts))
    labels = labelled[1][np.searchsorted(labelled[0], nodes)]
    found = clusters(Members(nodes, labels, *(table.column(name).to_numpy() for name in ("captured", "published"))))
    content = np.where(times > 1, table.column("content").to_numpy(), np.uint64(0))
    rows = pa.table(
        {
            "node": nodes,
            "content": content,
            "cluster_id": table.column("id").take(pa.array(found.namers)),
            "cluster_size": pa.array(found.sizes, pa.int32()),
            "is_original": pa.array(found.is_original),
        },
        schema=CLUSTERS,
    )
    is_told = (found.sizes > 1) | (times > 1)
    months = np.array(months_of(members.column("at").to_numpy()))
    for month in np.unique(months[np.repeat(is_told, times)]).tolist():
        here = is_told & np.isin(nodes, members.column("node").to_numpy()[months == month])
        write_table(store, clusters_key(work, month), rows.filter(pa.array(here)))
    write_table(store, stories_key(work), pa.table({"node": nodes, "content": content, "story": labels}, schema=STORIES))
    return int(found.is_original.sum()) - int((found.sizes == 1).sum()), int((found.sizes > 1).sum())
