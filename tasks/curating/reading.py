"""The articles of a part, as its receipt vouches for them."""

import hashlib

import pyarrow as pa

from tasks.curating.batches import Input
from tasks.errors import BrokenShard, RetryLater
from tasks.parquet import table_in
from tasks.records import ARTICLE_SCHEMA
from tasks.storage import NotFound, Store


def read_articles(store: Store, one: Input) -> pa.Table:
    """The articles of an object, all columns; raises RetryLater when it is not the one of its receipt any more."""
    try:
        data = store.read(one.key)
    except NotFound:
        raise RetryLater(f"{one.key} is gone since the run began: start it again") from None
    if hashlib.sha256(data).hexdigest() != one.sha256:
        raise RetryLater(f"{one.key} is not what its receipt says: `pressrun audit` tells more; was it replaced, start again")
    table = table_in(data)
    if absent := set(ARTICLE_SCHEMA.names) - set(table.schema.names):
        raise BrokenShard(f"{one.key} has no column {min(absent)}: press its archive again")
    return table.select(ARTICLE_SCHEMA.names).cast(ARTICLE_SCHEMA)
