"""The sandbox's federation: the authorities of config/sandbox/network.json, the provider and the sites below them.

All authorities are hosted here, each with keys of its own. The sites run by themselves: what their superiors have to
know and to state of them stands in ``<sites>/<software_id>/entity.json``, which ``python -m clients.sites.keys`` wrote,
so no key is taken from the network alone. A provider of another province is
another process of this program: it learns the anchor's keys from *meeting* (`anchor.json`, written here) and leaves its
own introduction there, which planting again takes up. Idempotent; what an operator changed in the tree stays.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from idp.federation import federation_key, hosted_entity, subordinate, trust_anchor
from idp.federation.hosted_entity import ANCHOR, INTERMEDIATE, PROVIDER
from idp.relying_parties import served_item_admission
from idp.settings import SETTINGS

SOURCE = Path(__file__).parents[2] / "config" / "sandbox" / "network.json"
MEETING = Path("var/sandbox/network")
ANCHOR_FILE = "anchor.json"
INTRODUCTION = "entity.json"
AUTHORITY_TYPE, PROVIDER_TYPE, RP_TYPE = "federation_entity", "openid_provider", "openid_relying_party"


def authority_id(name: str) -> str:
    """Return the identifier of an authority hosted here."""
    return f"{SETTINGS.get().issuer}/authorities/{name}"


def plant(sites: Path, meeting: Path = MEETING) -> list[str]:
    """Plant tree, provider and sites; return the names of the sites that are new below any authority.

    The caller commits.
    """
    network = json.loads(SOURCE.read_text(encoding="utf-8"))
    for authority in network["authorities"]:
        _plant_authority(authority)
    _plant_provider(network["provider"], authority_id(network["provider"]["superior"]))
    anchor_id = next(authority_id(one["name"]) for one in network["authorities"] if one["kind"] == ANCHOR)
    _trust(anchor_id, federation_key.jwks(anchor_id))
    leave(meeting / ANCHOR_FILE, {"entity_id": anchor_id, "jwks": federation_key.jwks(anchor_id)})
    for met in _introductions(meeting):
        _take_up(met, [AUTHORITY_TYPE], is_intermediate=True)
    new = [met for met in _introductions(sites) if _take_up(met, [RP_TYPE])]
    for met in new:
        _offer(met)
    return [str(met["software_id"]) for met in new]


def join(division_code: str, names: Mapping[str, str], meeting: Path = MEETING) -> str | None:
    """Make this the provider of another province, below an authority of its own, below the anchor that was met.

    Returns the identifier of its authority, or None where no anchor has left its keys yet. The caller commits.
    """
    try:
        anchor = json.loads((meeting / ANCHOR_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    entity_id = authority_id(division_code)
    if hosted_entity.find(entity_id) is None:
        hosted_entity.create(
            entity_id,
            kind=INTERMEDIATE,
            names=names,
            division_code=division_code,
            authority_hints=[anchor["entity_id"]],
        )
    _plant_provider({"names": names, "division_code": division_code}, entity_id)
    _trust(anchor["entity_id"], anchor["jwks"])
    introduction = {
        "entity_id": entity_id,
        "names": dict(names),
        "division_code": division_code,
        "jwks": federation_key.jwks(entity_id),
        "authority_hints": [anchor["entity_id"]],
    }
    leave(meeting / division_code / INTRODUCTION, introduction)
    return entity_id


def _plant_authority(planted: Mapping[str, Any]) -> None:
    entity_id = authority_id(planted["name"])
    if hosted_entity.find(entity_id) is not None:
        return
    code = planted.get("division_code", "")
    hosted_entity.create(entity_id, kind=planted["kind"], names=planted["names"], division_code=code)
    changes = {name: planted[name] for name in ("constraints", "metadata_policy") if name in planted}
    if planted["kind"] == ANCHOR:
        changes["trust_mark_issuers"] = {kind: [entity_id] for kind in planted["trust_marks"]}
    hosted_entity.update(entity_id, **changes)
    if "superior" in planted:
        subordinate.put(
            authority_id(planted["superior"]),
            entity_id,
            entity_types=[AUTHORITY_TYPE],
            is_intermediate=True,
            names=planted["names"],
            division_code=code,
        )


def _plant_provider(planted: Mapping[str, Any], superior_id: str) -> None:
    issuer, code = SETTINGS.get().issuer, planted["division_code"]
    if hosted_entity.find(issuer) is None:
        hosted_entity.create(issuer, kind=PROVIDER, names=planted["names"], division_code=code)
        subordinate.put(
            superior_id,
            issuer,
            entity_types=[PROVIDER_TYPE, RP_TYPE],
            names=planted["names"],
            division_code=code,
        )


def _take_up(met: Mapping[str, Any], entity_types: list[str], *, is_intermediate: bool = False) -> bool:
    """Vouch for one that runs elsewhere, for each of its superiors that is hosted here; whether it is new to any."""
    added = False
    for superior_id in met["authority_hints"]:
        if hosted_entity.find(superior_id) is None:
            continue
        new = subordinate.find(superior_id, met["entity_id"]) is None
        added |= new
        subordinate.put(
            superior_id,
            met["entity_id"],
            entity_types=entity_types,
            jwks=met["jwks"],
            is_intermediate=is_intermediate,
            **(_stated(met) if new else {}),
        )
    return added


def _offer(met: Mapping[str, Any]) -> None:
    """Let people find what the site serves before anybody has logged in there."""
    if not met.get("division_code"):
        return
    said = {"initiate_login_uri": met.get("initiate_login_uri")}
    for member, names in (("client_name", "names"), ("organization_name", "organization_names")):
        said |= {f"{member}#{tag}": name for tag, name in met.get(names, {}).items()}
    served_item_admission.admit(
        met["entity_id"], said, division_code=met["division_code"], item_codes=met.get("item_codes", [])
    )


def _stated(met: Mapping[str, Any]) -> dict[str, Any]:
    """What its superior states of it: some of it counts only where a superior says so (docs/relying-parties.md)."""
    known = {name: met[name] for name in ("names", "division_code", "item_codes") if name in met}
    return known | ({"declared": met["metadata"]} if "metadata" in met else {})


def _trust(anchor_id: str, jwks: Mapping[str, Any]) -> None:
    known = {row.entity_id: row.jwks for row in trust_anchor.listed()}
    if known.get(anchor_id) != trust_anchor.check_keys(jwks):
        trust_anchor.add(anchor_id, jwks)


def _introductions(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(f"*/{INTRODUCTION}")):
        yield json.loads(file.read_text(encoding="utf-8"))


def leave(file: Path, said: Mapping[str, Any]) -> None:
    """Write it for whoever comes next, never half."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    new.replace(file)
