"""A made corpus, and copies of it to be spoilt."""

import shutil
from pathlib import Path

import pytest

from tasks.storage import open_store
from tasks.storage.base import Store
from tests.corpora import make_crawl, press_all


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_crawl(folder / "crawl")
    press_all(open_store(str(folder / "corpus")), folder / "crawl")
    return folder


@pytest.fixture
def corpus(made, tmp_path) -> Store:
    """A copy to be spoilt; its archives are shared and stay as they are."""
    shutil.copytree(made / "corpus", tmp_path / "corpus")
    return open_store(str(tmp_path / "corpus"))
