"""A site's settings, from the environment (``clients/README.md``); every mistake is told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clients.sites import directory
from clients.sites.definition import Definition
from tongxing_client import entity, errors, transport
from tongxing_client.signing_key import SigningKey

KEYS = "var/sandbox/sites"
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What ``read`` found good; ``keys`` is the folder of the site's own."""

    issuer: str
    site_url: str
    address: str
    port: int
    keys: Path
    federation_key: SigningKey
    protocol_key: SigningKey
    authority_hints: tuple[str, ...]
    other_sites: Mapping[str, str]


def read(definition: Definition, environment: Mapping[str, str]) -> SiteSettings:
    """The settings of ``definition``'s site, whose keys are made when they are not there yet.

    ``WrongSettings`` lists all that is wrong.
    """
    wrong: list[str] = []
    port_text = environment.get("TONGXING_PORT", str(definition.port))
    port = int(port_text) if port_text.isascii() and port_text.isdigit() else 0
    if not 0 < port <= _MAX_PORT:
        wrong.append(f"TONGXING_PORT is not a port: {port_text}")
    urls = {
        "TONGXING_ISSUER": "http://localhost:8000",
        "TONGXING_SITE_URL": f"http://localhost:{port}",
        **{f"TONGXING_{site.key.upper()}_URL": f"http://localhost:{site.port}" for site in directory.SITES},
    }
    urls = {name: environment.get(name, default).strip() for name, default in urls.items()}
    wrong.extend(
        f"{name} is not an https URL (http is for this machine only)"
        for name, url in urls.items()
        if not transport.is_safe_url(url)
    )
    issuer, site_url = urls["TONGXING_ISSUER"].rstrip("/"), urls["TONGXING_SITE_URL"].rstrip("/")
    hints = _read_authority_hints(definition, environment, issuer, wrong)
    if wrong:
        raise errors.WrongSettings("; ".join(wrong))
    keys = Path(environment.get("TONGXING_KEYS", KEYS)) / definition.software_id
    found = {name: _read_key(keys / f"{name}.pem", wrong) for name in ("federation", "protocol")}
    federation_key, protocol_key = found["federation"], found["protocol"]
    if federation_key is None or protocol_key is None:
        raise errors.WrongSettings("; ".join(wrong))
    return SiteSettings(
        issuer=urls["TONGXING_ISSUER"],
        site_url=site_url,
        address=environment.get("TONGXING_BIND", "127.0.0.1"),
        port=port,
        keys=keys,
        federation_key=federation_key,
        protocol_key=protocol_key,
        authority_hints=hints,
        other_sites={
            site.key: urls[f"TONGXING_{site.key.upper()}_URL"].rstrip("/")
            for site in directory.SITES
            if site.key != definition.key
        },
    )


def _read_authority_hints(
    definition: Definition, environment: Mapping[str, str], issuer: str, wrong: list[str]
) -> tuple[str, ...]:
    hosted = " ".join(f"{issuer}/authorities/{name}" for name in definition.superiors)
    hints = tuple(environment.get("TONGXING_AUTHORITY_HINTS", hosted).split())
    if not hints or not all(entity.is_entity_id(one) for one in hints):
        wrong.append("TONGXING_AUTHORITY_HINTS is not a list of entity identifiers")
    return hints


def _read_key(file: Path, wrong: list[str]) -> SigningKey | None:
    try:
        return SigningKey.of_file(file)
    except (OSError, ValueError):
        wrong.append(f"{file} cannot be read or made (TONGXING_KEYS is the folder of all keys)")
    except errors.WrongSettings as error:
        wrong.append(f"{file}: {error}")
    return None
