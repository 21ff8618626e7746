"""The rows of the corpus: every column described, every reason with its meaning."""

import pickle

import pytest

from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.reasons import Reason
from tasks.records import ARTICLE_SCHEMA, REJECTION_SCHEMA


@pytest.mark.parametrize("schema", [ARTICLE_SCHEMA, REJECTION_SCHEMA])
def test_every_column_says_what_it_means(schema):
    assert [field.name for field in schema if not (field.metadata or {}).get(b"description")] == []


def test_the_article_has_the_columns_that_readers_of_fineweb_know():
    assert {"id", "url", "text", "language", "language_score"} <= set(ARTICLE_SCHEMA.names)


def test_every_reason_has_one_line_and_its_value_is_its_name():
    for reason in Reason:
        assert reason.value == reason.name.lower()
        assert reason.meaning
        assert "\n" not in reason.meaning


@pytest.mark.parametrize("error", [RetryLater("a"), BrokenShard("b"), FixTheRun("c")])
def test_errors_survive_the_way_to_dask_and_back(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
