"""Levels by the names that sites use for them: ``acr`` values (OIDC Core §2, §3.1.2.1). Pure."""

PREFIX = "urn:tongxing:loa:"
HIGHEST = 4
# A session run by an agency clerk with the person present: comparable with no level, given only to who names it.
ASSISTED = f"{PREFIX}assisted"
_LEVELS = {f"{PREFIX}{level}": level for level in range(HIGHEST + 1)}


def of(level: int) -> str:
    """Return the name of *level* (0 to 4)."""
    return f"{PREFIX}{level}"


def find(text: str) -> int | None:
    """Return the level that *text* names, or None."""
    return _LEVELS.get(text)
