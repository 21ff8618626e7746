"""The host in an address, and the domain that somebody registered."""

from urllib.parse import urlsplit

from tasks.urls import registrable


def host_and_domain(url: str) -> tuple[str, str]:
    """Host and registrable domain, lower case, by the Public Suffix List without its private part; ("", "") without a host."""
    host = _host(url)
    return host, registrable(host)


def _host(url: str) -> str:
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (host or "").lower().strip(".")
