"""Small corpora of made articles on a store, as pressing leaves them, and editions made of them without Dask."""

import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.curating import editing
from tasks.curating.recipe import EditionRecipe
from tasks.editions import Edition
from tasks.parts import PartFooter, part_bytes
from tasks.recipe import Recipe
from tasks.records import ARTICLE_SCHEMA, Article
from tasks.shards import Counts, Receipt, Shard, StoredObject
from tasks.storage.base import Store
from tasks.text_facts import count_words, text_digest

NOON = datetime(2024, 12, 3, 12, tzinfo=UTC)
WORDS = [
    f"{a}{b}{c}"
    for a in ("ba", "ko", "ri", "tu", "me", "lo", "sa", "vi")
    for b in ("n", "r", "st", "l", "m")
    for c in ("a", "e", "or", "ic")
]


def words(seed: object, number: int) -> list[str]:
    """Made words, the same for the same seed."""
    return random.Random(str(seed)).choices(WORDS, k=number)


def text_of(seed: object, number: int = 120) -> str:
    """A made text in paragraphs of 40 words."""
    found = words(seed, number)
    return "\n".join(" ".join(found[first : first + 40]) + "." for first in range(0, number, 40))


def edited(text: str, share: float, seed: object = 0) -> str:
    """The text with this share of its words replaced, from its end on: a known similarity, about (1 - share) / (1 + share)."""
    found = text.split(" ")
    number = round(share * len(found))
    return " ".join(found[: len(found) - number] + words(("edit", seed), number))


def article(number: int, text: str | None = None, **facts: Any) -> Article:
    """An article; ``facts`` are columns in place of the usual ones."""
    url = facts.get("url", f"https://www.site{number % 5}.example/story-{number}")
    text = text if text is not None else text_of(number)
    captured = facts.get("captured_at", NOON + timedelta(hours=number))
    columns: dict[str, Any] = {column.name: None for column in ARTICLE_SCHEMA}
    columns |= dict.fromkeys(("captions", "set_aside", "authors", "tags", "opt_outs"), ())
    columns |= {
        "id": hashlib.sha256(f"{url} {captured} {number}".encode()).hexdigest()[:32],
        "url": url,
        "host": url.split("/")[2],
        "domain": ".".join(url.split("/")[2].split(".")[-2:]),
        "title": f"Story {number} of {words(number, 1)[0]}",
        "text": text,
        "text_source": "page",
        "published_at": captured and captured - timedelta(hours=2),
        "language": "en",
        "language_score": 0.99,
        "page_type": "article",
        "captured_at": captured,
        "charset": "utf-8",
        "charset_source": "utf-8",
        "source": "made",
        "warc_file": "made.warc.gz",
        "warc_offset": number,
        "payload_digest": f"sha1:{number}",
        "extractor": "balanced",
        "extractor_version": "1",
        "recipe": "r1",
    }
    columns |= facts
    return Article(**columns | {"text_sha256": text_digest(text), "word_count": count_words(text)})


def add_shard(store: Store, name: str, articles: Iterable[Article], month: str = "2024-12") -> None:
    """Put articles on the store as a finished shard of one part."""
    rows = [
        {column: getattr(replace(one, warc_file=f"{name}.warc.gz"), column) for column in ARTICLE_SCHEMA.names} for one in articles
    ]
    counts = Counts(len(rows), len(rows), {}, {"response": len(rows)})
    shard = Shard(name, "made", f"/nowhere/{name}.warc.gz", 1, name)
    footer = PartFooter(shard.fingerprint("r1"), 0, 1, len(rows), len(rows), {}, {"response": len(rows)})
    data = part_bytes(rows, ARTICLE_SCHEMA, footer)
    key = f"articles/made/{month}/{name}/00000.parquet"
    store.write(key, data)
    stored = StoredObject(key, len(rows), len(data), hashlib.sha256(data).hexdigest())
    receipt = Receipt(shard, footer.fingerprint, Recipe().described(), month, counts, (stored,), {})
    store.write(receipt.key, receipt.to_json())


def make_edition(
    store: Store,
    name: str = "main",
    recipe: EditionRecipe | None = None,
    seed: int | None = None,
    beat: Callable[[], object] = lambda: None,
    is_whole: bool = False,
) -> Edition:
    """All steps of an edition in this process; with a ``seed`` the orders of each step are done in another order."""
    recipe, started = recipe or EditionRecipe(), NOON

    def done(orders: Iterable[Any]) -> list[Any]:
        orders = list(orders)
        if seed is not None:
            random.Random(seed).shuffle(orders)
        return [order.done(store, lambda: True) for order in orders]

    plan = editing.plan_edition(store, name, recipe, is_whole=is_whole)
    done(editing.sign_orders(plan, store))
    join, orders = editing.join_orders(plan, store)
    done(orders)
    doubts = sum(done(editing.doubt_orders(plan, join)))
    done(editing.shingle_orders(plan, join, doubts))
    done(editing.compare_orders(plan, join, doubts))
    (groups,) = done(editing.group_orders(plan, store, join))
    done(editing.cut_orders(plan))
    written = done(editing.write_orders(plan, groups))
    return editing.finish_edition(store, plan, ("run", started, {}), groups, [file for files in written for file in files], beat)


def rows_of(store: Store, edition: Edition, *, aside: bool = False) -> list[dict[str, Any]]:
    """All rows of an edition, sorted by id and archive: those that stay, or those that do not."""
    pairs = [(file.aside_key, file.aside_rows) if aside else (file.key, file.rows) for file in edition.files]
    rows = [row for key, number in pairs if number for row in pq.read_table(pa.BufferReader(store.read(key))).to_pylist()]
    return sorted(rows, key=lambda row: (row["id"], row["warc_file"]))
