"""Which addresses may be connected to."""

import pickle
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import FixTheRun
from tasks.fetching.guard import Guard, RefusedAddress

REFUSED = """
    127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
    100.127.255.255 192.0.0.1 192.0.0.9 192.0.0.170 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 192.88.99.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 fec0::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
    2001:10::1 2001:db8::1 3fff::1 100::1 5f00::1 64:ff9b:1::1 64:ff9b:1::808:808 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    ::8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101::1 4000::1
    localhost 2130706433 0x7f000001 127.1 1.2.3.4.5
""".split()
PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0 198.17.255.255
    198.20.0.0 223.255.255.255 2606:4700::1111 2a00:1450::1 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
""".split()


@pytest.mark.parametrize("ip", [*REFUSED, ""])
def test_what_is_not_public_is_refused(ip):
    assert Guard().refusal(ip, 443)


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_pass_at_ports_of_the_web_only(ip):
    assert all(Guard().refusal(ip, port) is None for port in (80, 443, 8080, 8443))
    assert all(Guard().refusal(ip, port) for port in (0, 22, 25, 3306, 6379, 9200, 11211))
    assert Guard(ports=frozenset({9200})).refusal(ip, 9200) is None
    assert Guard(ports=frozenset({9200})).refusal(ip, 80)


@given(st.integers(0, 2**32 - 1))
def test_an_address_in_another_is_judged_like_itself(number):
    plain = IPv4Address(number)
    forms = (f"::ffff:{plain}", f"64:ff9b::{plain}", str(IPv6Address((0x2002 << 112) | (number << 80) | 1)))
    is_refused = Guard().refusal(str(plain), 443) is not None
    assert [Guard().refusal(form, 443) is not None for form in forms] == [is_refused] * 3
    if not plain.is_global:
        assert is_refused


@given(st.integers(0, 2**128 - 1) | st.integers(0x2000 << 112, (0x4000 << 112) - 1))
def test_nothing_passes_that_python_knows_to_be_special(number):
    address = ip_address(number) if number >= 2**32 else IPv6Address(number)
    if Guard().refusal(str(address), 443) is None:
        special = ("is_private", "is_loopback", "is_link_local", "is_multicast", "is_reserved", "is_unspecified")
        assert not any(getattr(address, name) for name in special)


def test_named_networks_pass_at_any_port_and_only_they():
    guard = Guard(("10.1.0.0/16", "127.0.0.1/32", "fd00:1::/32"))
    for ip in ("10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1", "fd00:1::5"):
        assert guard.refusal(ip, 9999) is None
    for ip in ("10.2.0.1", "127.0.0.2", "fd00:2::5", "::1", "169.254.169.254"):
        assert guard.refusal(ip, 80)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "localhost", "", "10.0.0.0/8 "])
def test_a_bad_network_is_for_a_person_to_fix(text):
    with pytest.raises(FixTheRun, match="allow_networks"):
        Guard((text,))


def test_the_socket_is_made_for_what_passes_only():
    guard = Guard(("127.0.0.0/8",))
    made = guard.socket_factory((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 1)))
    with made:
        assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)
    with pytest.raises(RefusedAddress) as refused:
        guard.socket_factory((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("::1", 80, 0, 0)))
    assert "::1" in refused.value.why
    assert pickle.loads(pickle.dumps(guard)) == guard
