"""Where to go after a login: a path of this site, never another site (CWE-601)."""

from urllib.parse import quote, urlsplit

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


def find_page_of(site_url: str, target: str | None) -> str | None:
    """The path of ``target`` when it is a page of this site, else None: ``target_link_uri`` (OIDC Core §4)."""
    if not target or len(target) > MAX_CHARACTERS:
        return None
    try:
        asked, own = urlsplit(target), urlsplit(site_url)
    except ValueError:
        return None
    if (asked.scheme, asked.netloc) != (own.scheme, own.netloc):
        return None
    rest = target[len(f"{asked.scheme}://{asked.netloc}") :]
    return find_local_path(rest or "/")


def from_request(path: str, query: bytes) -> str:
    """The path and query of a request as a deep link, encoded again."""
    return quote(path, safe="/:@!$&'()*+,;=~") + ("?" + query.decode("latin-1") if query else "")
