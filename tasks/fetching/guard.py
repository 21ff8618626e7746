"""Which addresses may be connected to: public ones, at ports of the web, and what a run names beside them."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from tasks.errors import FixTheRun

WEB_PORTS = frozenset({80, 443, 8000, 8008, 8080, 8443, 8888})

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]]
_Address = IPv4Address | IPv6Address

# From the special-purpose registries of IANA, and not from ``is_global``, whose answer depends on the release of Python.
_REFUSED = {
    ip_network(text): why
    for text, why in {
        "0.0.0.0/8": "unspecified",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "shared by a carrier",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "for protocols",
        "192.0.2.0/24": "for documentation",
        "192.88.99.0/24": "a 6to4 relay",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "for benchmarks",
        "198.51.100.0/24": "for documentation",
        "203.0.113.0/24": "for documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
        "2001::/23": "for protocols",  # Teredo among them
        "2001:db8::/32": "for documentation",
        "3fff::/20": "for documentation",
    }.items()
}
_GLOBAL_V6 = IPv6Network("2000::/3")
_MAPPED, _NAT64, _6TO4 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16")


class RefusedAddress(OSError):
    """An address that may not be connected to; ``why`` names it.

    The message is the same for all: where every address of a host fails alike, aiohttp hands the error on as it is.
    """

    def __init__(self, why: str) -> None:
        super().__init__("an address that may not be connected to")
        self.why = why


@dataclass(frozen=True)
class Guard:
    """The rule. ``allow_networks`` (``10.1.0.0/16``) pass besides, at any port. Raises FixTheRun where one is no network."""

    allow_networks: tuple[str, ...] = ()
    ports: frozenset[int] = WEB_PORTS

    def __post_init__(self) -> None:
        for text in self.allow_networks:
            try:
                ip_network(text)
            except ValueError as exc:
                raise FixTheRun(f"allow_networks: {exc}; write a network as 10.1.0.0/16 or fd00:1::/32") from exc

    def refusal(self, ip: str, port: int) -> str | None:
        """Why there may be no connection to it; None where there may."""
        try:
            address = ip_address(ip)
        except ValueError:
            return f"{ip} is no address"
        if any(each in ip_network(text) for text in self.allow_networks for each in (address, *_embedded(address))):
            return None
        if port not in self.ports:
            return f"port {port} is none of the web's"
        why = _why_not_public(address)
        return why and f"{ip} is {why}"

    def socket_factory(self, info: AddressInfo) -> socket.socket:
        """A socket for the very address that will be connected to, after its name was resolved. Raises RefusedAddress."""
        family, kind, protocol, _, address = info
        why = self.refusal(address[0], address[1])
        if why:
            raise RefusedAddress(why)
        return socket.socket(family, kind, protocol)


def _why_not_public(address: _Address) -> str | None:
    for embedded in _embedded(address):
        why = _why_not_public(embedded)
        return why and f"{embedded}, which is {why}"
    listed = next((why for network, why in _REFUSED.items() if address in network), None)
    if listed or isinstance(address, IPv4Address):
        return listed
    return None if address in _GLOBAL_V6 else "no global address"


def _embedded(address: _Address) -> Iterator[IPv4Address]:
    """The IPv4 address that an IPv6 address leads to."""
    if isinstance(address, IPv6Address):
        if address in _MAPPED or address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
        elif address in _6TO4:
            yield IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
