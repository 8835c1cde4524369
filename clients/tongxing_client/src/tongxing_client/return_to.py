"""Where to go after a login: a path of this site, never another site (CWE-601)."""

from urllib.parse import quote

MAX_CHARACTERS = 2_000


def find_local_path(text: str | None) -> str | None:
    r"""``text`` when it is an absolute path of this site with an optional query, else None.

    Browsers drop tabs and line ends and read ``\`` as ``/``: such texts are refused, not mended.
    """
    if not text or len(text) > MAX_CHARACTERS or not text.isascii() or not text.isprintable():
        return None
    if not text.startswith("/") or text.startswith("//") or "\\" in text or " " in text:
        return None
    return text


def from_request(path: str, query: bytes) -> str:
    """The path and query of a request as a deep link, encoded again."""
    return quote(path, safe="/:@!$&'()*+,;=~") + ("?" + query.decode("latin-1") if query else "")
