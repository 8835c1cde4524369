"""Reading request parameters strictly: form-encoded, UTF-8, each name once (RFC 6749 §3.1, §3.2). Pure."""

from urllib.parse import parse_qsl

from idp.errors import InvalidInput

MAX_FIELDS = 100


def read(raw: bytes) -> dict[str, str]:
    """Return the parameters of a query string or form body; raises InvalidInput("invalid_request").

    Parameters without a value count as omitted (RFC 6749 §3.1).
    """
    found: dict[str, str] = {}
    for name, value in _pairs(raw):
        if name in found:
            raise InvalidInput("invalid_request", detail="a parameter is repeated")
        found[name] = value
    return {name: value for name, value in found.items() if value}


def read_lists(raw: bytes) -> dict[str, list[str]]:
    """Return the parameters of a query string in which a name may come several times; raises InvalidInput."""
    found: dict[str, list[str]] = {}
    for name, value in _pairs(raw):
        if value:
            found.setdefault(name, []).append(value)
    return found


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise InvalidInput("invalid_request", detail="parameters are not UTF-8") from error
    except ValueError as error:
        raise InvalidInput("invalid_request", detail="too many parameters") from error
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise InvalidInput("invalid_request", detail="a parameter contains NUL")
    return pairs
