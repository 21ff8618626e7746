"""Hosts in an option: a short list, in which each stands for itself and everything below it."""

from tasks.errors import FixTheRun
from tasks.filters._options import listed, refused
from tasks.host_names import Hosts, read_hosts


def listed_hosts(name: str, option: str) -> Hosts:
    """The hosts of a list with commas; raises FixTheRun."""
    hint = f"it takes hosts or domains, without scheme, path or port, e.g. {name}=example.org,news.example.com"
    parts = listed(name, option, hint)
    try:
        hosts = Hosts(read_hosts("\n".join(parts)))
    except FixTheRun:
        raise refused(name, option, hint) from None
    # Line breaks and what follows a "#" would be read as in a file of hosts.
    if not option.isprintable() or "#" in option:
        raise refused(name, option, hint)
    return hosts
