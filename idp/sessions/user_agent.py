"""A browser as its owner would call it ("Chrome · Windows"), from the User-Agent header (RFC 9110 §10.1.5). Pure.

A guess for the person's eyes; nothing is decided by it.
"""

import re

# The first that is found counts: most browsers also claim to be Chrome or Safari.
BROWSERS = (
    ("WeChat", "MicroMessenger/"),
    ("QQ", "QQBrowser/"),
    ("UC", "UCBrowser/"),
    ("Huawei", "HuaweiBrowser/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Firefox", "Firefox/"),
    ("Firefox", "FxiOS/"),
    ("Chrome", "CriOS/"),
    ("Chrome", "Chrome/"),
    ("Safari", "Safari/"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("HarmonyOS", "OpenHarmony"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
)
_PHONE = re.compile(r"Mobi|Android|iPhone|iPad|HarmonyOS|OpenHarmony")


def name(header: str) -> str | None:
    """Return browser and system as far as they are known, or None."""
    known = [next((title for title, mark in table if mark in header), None) for table in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in known if part) or None


def is_phone(header: str) -> bool:
    """Whether it is something one holds in the hand."""
    return _PHONE.search(header) is not None
