"""The name that a person gives a passkey or a certificate. Pure."""

from idp.errors import InvalidInput

LONGEST = 40  # characters


def get(text: str) -> str:
    """Return a name as it is kept; raises InvalidInput ``name_missing``, ``name_wrong`` (field ``name``)."""
    name = " ".join(text[: LONGEST * 8].split())
    if not name:
        raise InvalidInput("name_missing", "Enter a name", field="name")
    if len(name) > LONGEST:
        raise InvalidInput("name_too_long", f"The name can have at most {LONGEST} characters", field="name")
    if not name.isprintable():
        raise InvalidInput("name_wrong", "The name has signs that cannot be shown", field="name")
    return name
