"""Network addresses: which are this machine's own, and what counts as one caller."""

import ipaddress

IPV6_CALLER_BITS = 64
# IPv4 behind a translator (RFC 6052 §2.1).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
# All that has been given out (RFC 4291 §2.4): not fec0::/10, the private network of before (RFC 3879).
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
# IPv4 in an address of a tunnel (ISATAP, RFC 5214 §6.1).
_TUNNELLED = frozenset({0x0000_5EFE, 0x0200_5EFE})
# Protocols' own, and for documents (RFC 6890, RFC 9637), which the library does not all know.
_NOBODYS = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("3fff::/20"))


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine: localhost or an address of 127.0.0.0/8 or ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether *address* is one of the internet: neither this machine's, nor a private network's, nor nobody's."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is None and (parsed in _TRANSLATED or int(parsed) >> 32 & 0xFFFF_FFFF in _TUNNELLED):
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if parsed not in _GIVEN_OUT:
            return False
    if any(parsed in network for network in _NOBODYS):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def caller(address: str) -> str:
    """Return what limits per address count as one caller: an IPv4 address, or the /64 of an IPv6 one.

    A /64 is the least that anybody is given (RFC 6177 §2): its owner has 2^64 addresses to come from.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = ipaddress.ip_network((int(parsed), IPV6_CALLER_BITS), strict=False)
    return str(network)


def kind(address: str) -> str:
    """Return what sort of network *address* is of, and no more: ``loopback``, ``inner``, ``internet``, ``unknown``."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    parsed = mapped or parsed
    if parsed.is_loopback:
        return "loopback"
    return "internet" if parsed.is_global else "inner"
