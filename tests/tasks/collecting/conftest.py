"""A small news web for every test, and a store in a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.storage import open_store
from tasks.storage.base import Store
from tests.servers.news_sites import Site
from tests.servers.news_web import NewsWeb


@pytest.fixture
def web() -> Iterator[NewsWeb]:
    with NewsWeb(sites=3, articles=4) as web:
        yield web


@pytest.fixture
def site(web: NewsWeb) -> Site:
    return web.sites[0]


@pytest.fixture
def folder(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "corpus"))
