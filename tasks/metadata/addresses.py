"""Addresses on a page: absolute, of the web, and whether they leave the site."""

from urllib.parse import urljoin, urlsplit

from tasks.metadata.domain import host_and_domain
from tasks.metadata.evidence import clean_text
from tasks.metadata.marks import Marks

MAX_URL_CHARS = 2_000


def base_address(marks: Marks, url: str) -> str:
    """The address that links are relative to (HTML Standard, section 2.4.3)."""
    href = next((base.get("href") for base in marks["base"] if base.get("href")), "") or ""
    return first_address((href,), url) or url


def first_address(addresses: tuple[str, ...], base: str) -> str | None:
    """The first that is an address of the web, made absolute."""
    for address in addresses:
        try:
            joined = urljoin(base, clean_text(address))
            parts = urlsplit(joined)
        except ValueError:
            continue
        if address.strip() and parts.scheme in ("http", "https") and parts.hostname and len(joined) <= MAX_URL_CHARS:
            return joined
    return None


def is_foreign(address: str | None, url: str) -> bool | None:
    """Whether an address lies at another registrable domain than the page; None where either is unknown."""
    domain, other = host_and_domain(url)[1], host_and_domain(address or "")[1]
    return domain != other if domain and other else None
