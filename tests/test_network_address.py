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
