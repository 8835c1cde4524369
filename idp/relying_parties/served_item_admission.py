"""What a site of the federation serves, from the moment an authority here admits it: before anybody has logged in.

Once it has registered itself with a first login, its registration says it (`served_item_filling`). `route` asks each
time whether its superiors stand behind it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from idp.relying_parties import served_item, uri_rules
from idp.relying_parties.field_readers import TAG
from idp.relying_parties.localized import Localized, localized
from idp.relying_parties.served_item import Offer
from idp.settings import SETTINGS

LONGEST_NAME = 200


def admit(
    entity_id: str, metadata: Mapping[str, Any], *, division_code: str, item_codes: Sequence[str]
) -> None:
    """Index what an admitted site serves. *metadata*: its own as ``openid_relying_party``; the rest is its superior's.

    What in it is no address or no name counts as not said.
    """
    served_item.place(
        Offer(
            client_id=entity_id,
            division_code=division_code,
            item_codes=tuple(item_codes),
            client_name=_text(metadata, "client_name"),
            organization_name=_text(metadata, "organization_name"),
            initiate_login_uri=_address(metadata.get("initiate_login_uri")),
            client_uri=_address(metadata.get("client_uri")),
        )
    )


def _text(metadata: Mapping[str, Any], member: str) -> Localized:
    default, tagged = "", {}
    for name, value in metadata.items():
        base, _, tag = name.partition("#")
        if base != member or not isinstance(value, str) or not value.isprintable():
            continue
        if not tag:
            default = value[:LONGEST_NAME]
        elif TAG.match(tag):
            tagged[tag] = value[:LONGEST_NAME]
    return localized(default, tagged)


def _address(value: object) -> str:
    if not isinstance(value, str):
        return ""
    try:
        uri_rules.check_web_address(value, sandbox=SETTINGS.get().sandbox)
    except ValueError:
        return ""
    return value
