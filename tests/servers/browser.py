"""A real browser, where Debian's Chromium and playwright are there."""

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None, reason="Chromium or playwright is not installed"
)


@contextmanager
def open_page(url: str, width: int = 1100, height: int = 1400) -> Iterator[Any]:
    """A page of a browser of its own, at this address; what goes wrong in the page fails the test."""
    from playwright.sync_api import sync_playwright

    errors: list[str] = []
    with sync_playwright() as playwright:
        # Everything runs as root in a container, where Chromium's sandbox cannot.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(url)
            yield page
        finally:
            browser.close()
    assert errors == []
