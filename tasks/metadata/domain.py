"""The host in an address, and the domain that somebody registered."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from tld import get_fld


def host_and_domain(url: str) -> tuple[str, str]:
    """Host and registrable domain, lower case, by the Public Suffix List without its private part; ("", "") without a host."""
    host = _host(url)
    return host, _domain(host)


@lru_cache(maxsize=4_096)
def _domain(host: str) -> str:
    if "." not in host or _is_address(host):
        return host
    domain = get_fld(f"http://{host}/", fail_silently=True, search_private=False)
    # Where no rule of the list matches, its prevailing rule is "*": the last two labels.
    return str(domain) if domain else ".".join(host.split(".")[-2:])


def _host(url: str) -> str:
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (host or "").lower().strip(".")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
