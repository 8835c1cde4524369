"""``python -m clients.sites.keys``: make the keys of all sites, before anything is started.

Beside them, in ``entity.json``, stands what the authorities above a site have to know to vouch for it.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from clients.sites import membership, settings
from clients.sites.city.definition import CITY
from clients.sites.county.definition import COUNTY
from clients.sites.definition import Definition
from clients.sites.housing.definition import HOUSING
from clients.sites.province.definition import PROVINCE
from tongxing_client import errors

SITES: tuple[Definition, ...] = (PROVINCE, CITY, COUNTY, HOUSING)
_REFUSED = 1


def main() -> None:
    """Exit code 1 when a site cannot be set up; all reasons are told."""
    try:
        prepare(os.environ)
    except (errors.WrongSettings, OSError) as error:
        print(f"clients.sites.keys: {error}", file=sys.stderr)
        raise SystemExit(_REFUSED) from None


def prepare(environment: Mapping[str, str]) -> None:
    """Make what is missing; keys that are there stay."""
    wrong = []
    for definition in SITES:
        url = environment.get(f"TONGXING_{definition.key.upper()}_URL")
        try:
            found = settings.read(definition, {**environment, **({"TONGXING_SITE_URL": url} if url else {})})
        except errors.WrongSettings as error:
            wrong.append(f"{definition.software_id}: {error}")
            continue
        told = json.dumps(membership.introduction(definition, found), indent=2) + "\n"
        _write(found.keys / "entity.json", told)
    if wrong:
        raise errors.WrongSettings("; ".join(wrong))


def _write(file: Path, text: str) -> None:
    """Never half: somebody may read it meanwhile."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


if __name__ == "__main__":
    main()
