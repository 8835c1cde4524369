"""``face``: is the person in this picture the one whose photo the register has, and alive before the camera.

No face is looked at here: the picture must be the person's portrait, which the register's pages give away.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from idp.identifiers import person_name
from idp.sandbox.registers import portrait
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, REFUSED, BadQuestion, Told, text
from idp.sandbox.registers.registry import Registry

NAME = "face"
LONGEST_IMAGE = 700_000  # characters of base64
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Compare the picture with everybody's portrait: one's own, somebody else's, or nobody's."""
    number, name = text(question, "number"), text(question, "name")
    image = _image(text(question, "image", LONGEST_IMAGE))
    citizen = registry.find_citizen(number)
    if citizen is None or not person_name.is_same(citizen.name, name):
        return Told(NOT_FOUND)
    if image == portrait.draw(citizen.number):
        return Told(MATCH, {"live": True, "score": 0.98})
    if any(image == portrait.draw(one.number) for one in registry.citizens()):
        return Told(MISMATCH, {"live": True, "score": 0.12})
    return Told(REFUSED, {"live": False, "score": 0.0})


def _image(encoded: str) -> bytes:
    try:
        image = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadQuestion("image") from error
    if not image.startswith(SIGNATURES):
        raise BadQuestion("image")
    return image
