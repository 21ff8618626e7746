"""A corpus to take things out of, and copies of it in its place."""

import os
import shutil

import pytest

from tasks.storage import open_store
from tasks.storage.base import Store
from tests.removing import make_corpus


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus in a folder, and what it is to be put back to: its addresses hold its place."""
    folder = tmp_path_factory.mktemp("made")
    make_corpus(open_store(str(folder / "corpus")), folder / "crawl")
    shutil.copytree(folder / "corpus", folder / "saved")
    return folder


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """No power will fail in a test: bytes need not be on the disk, which takes most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def corpus(made) -> Store:
    shutil.rmtree(made / "corpus")
    shutil.copytree(made / "saved", made / "corpus")
    return open_store(str(made / "corpus"))
