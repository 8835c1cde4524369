"""Addresses: ours, and whose they are."""

import pytest

from idp import network_address


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("idp.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - the one thing it must not be taken for
        ("::", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert network_address.is_loopback(host) is expected


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("fe80::1%eth0", "fe80::2%eth1"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_one_caller(address: str, same: str) -> None:
    assert network_address.caller(address) == network_address.caller(same)


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("203.0.113.9", "203.0.113.10"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10"),
    ],
)
def test_two_callers(address: str, other: str) -> None:
    assert network_address.caller(address) != network_address.caller(other)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("10.1.2.3", "inner"),
        ("192.168.0.1", "inner"),
        ("fe80::1%eth0", "inner"),
        ("8.8.8.8", "internet"),
        ("2400:3200::1", "internet"),
        ("unix:", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_sort_of_network(address: str, kind: str) -> None:
    assert network_address.kind(address) == kind


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "fec0::1",
        "3fff::1",
        "192.0.0.8",
        "64:ff9b:1::a00:1",
        "2400:3200::5efe:7f00:1",
        "2400:3200::200:5efe:a00:1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "localhost",
        "",
    ],
)
def test_what_is_not_the_internets_is_not_public(address: str) -> None:
    assert not network_address.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
def test_what_is_the_internets_is(address: str) -> None:
    assert network_address.is_public(address)
