"""One way a template can look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    """A name for the picture, the template, its context."""

    name: str
    template: str
    context: Mapping[str, Any]
