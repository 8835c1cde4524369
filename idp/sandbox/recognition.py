"""The sandbox's mutual recognition: the anchor's table of Zhejiang and Jiangsu, and Jiangsu's provider with its people.

Jiangsu 江苏 is another process of this program with its own database (`idp init --sandbox --province 320000`). Both
sides leave for the other what has to be known in *meeting*, as authorities do when they agree; planting again takes up
what has come meanwhile. Idempotent; what an operator changed in the table stays.
"""

import json
from pathlib import Path
from typing import Any

from idp.errors import InvalidInput
from idp.federation import hosted_entity
from idp.recognition import decryption_key, epoch, member, own_entity, published_table
from idp.sandbox import network
from idp.settings import SETTINGS

SOURCE = Path(__file__).parents[2] / "config" / "sandbox" / "recognition.json"
INTRODUCTION = "recognition.json"


def plant(anchor_id: str, meeting: Path) -> None:
    """Let the anchor hosted here recognise the provinces that have introduced themselves. The caller commits."""
    own_entity.declare()
    published_table.announce(anchor_id)
    agreed = _agreed()
    if not epoch.in_force(anchor_id):
        epoch.begin(anchor_id, agreed["epoch"])
    own = hosted_entity.find(SETTINGS.get().issuer)
    for province in agreed["providers"]:
        code = province["division_code"]
        if own is not None and own.division_code == code:
            _put(anchor_id, province, {"entity_id": own.entity_id, "jwk": decryption_key.published()})
            continue
        file = meeting / code / INTRODUCTION
        if file.exists():
            _put(anchor_id, province, json.loads(file.read_text(encoding="utf-8")))


def join(division_code: str, meeting: Path) -> None:
    """Make this the provider of that province, and leave what the anchor seals keys for. The caller commits.

    Raises InvalidInput for a province that the sandbox does not know.
    """
    province = find(division_code)
    network.join(division_code, province.get("provider_names", province["names"]), meeting)
    own_entity.declare()
    said = {"entity_id": SETTINGS.get().issuer, "jwk": decryption_key.published()}
    network.leave(meeting / division_code / INTRODUCTION, said)


def find(division_code: str) -> dict[str, Any]:
    """Return what is agreed about that province; raises InvalidInput."""
    for province in _agreed()["providers"]:
        if province["division_code"] == division_code:
            found: dict[str, Any] = province
            return found
    raise InvalidInput("province_unknown", f"the sandbox knows no province {division_code}")


def _put(anchor_id: str, province: dict[str, Any], said: dict[str, Any]) -> None:
    row = member.find(anchor_id, said["entity_id"])
    if row is None:
        row = member.put(
            anchor_id,
            said["entity_id"],
            division_code=province["division_code"],
            names=province["names"],
            levels=province["levels"],
        )
    member.note_key(row, said["jwk"])


def _agreed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return found
