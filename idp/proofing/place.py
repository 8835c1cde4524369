"""The division where a person will show their documents: one that exists, small enough to have a counter."""

from collections.abc import Mapping

from idp.divisions import tree
from idp.errors import InvalidInput


def read(form: Mapping[str, str]) -> str:
    """Return the code of the division; raises InvalidInput (``division_unknown``, field ``division``)."""
    found = tree.find(form.get("division", "")[:20])
    if found is None:
        raise InvalidInput("division_unknown", "Choose the place where you will go", field="division")
    return found.code
