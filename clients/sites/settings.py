"""A site's settings, from the environment (``clients/README.md``); every mistake is told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clients.sites import directory
from clients.sites.definition import Definition
from tongxing_client import client_authentication, errors, transport

_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What ``read`` found good."""

    issuer: str
    client_id: str
    site_url: str
    address: str
    port: int
    client_authentication: client_authentication.ClientAuthentication
    other_sites: Mapping[str, str]


def read(definition: Definition, environment: Mapping[str, str]) -> SiteSettings:
    """The settings of ``definition``'s site; ``WrongSettings`` lists all that is wrong."""
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
    authentication = _read_authentication(definition, environment, wrong)
    if wrong or authentication is None:
        raise errors.WrongSettings("; ".join(wrong))
    return SiteSettings(
        issuer=urls["TONGXING_ISSUER"],
        client_id=environment.get("TONGXING_CLIENT_ID", definition.client_id),
        site_url=urls["TONGXING_SITE_URL"].rstrip("/"),
        address=environment.get("TONGXING_BIND", "127.0.0.1"),
        port=port,
        client_authentication=authentication,
        other_sites={
            site.key: urls[f"TONGXING_{site.key.upper()}_URL"].rstrip("/")
            for site in directory.SITES
            if site.key != definition.key
        },
    )


def _read_authentication(
    definition: Definition, environment: Mapping[str, str], wrong: list[str]
) -> client_authentication.ClientAuthentication | None:
    if definition.authentication == client_authentication.PrivateKeyJwt.method:
        name = environment.get("TONGXING_PRIVATE_KEY_FILE", "")
        try:
            return client_authentication.PrivateKeyJwt(Path(name).read_bytes())
        except (OSError, ValueError):
            wrong.append(f"TONGXING_PRIVATE_KEY_FILE cannot be read: {name or 'not set'}")
        except errors.WrongSettings as error:
            wrong.append(f"TONGXING_PRIVATE_KEY_FILE: {error}")
        return None
    secret = environment.get("TONGXING_CLIENT_SECRET", "")
    if not secret:
        wrong.append("TONGXING_CLIENT_SECRET is not set")
        return None
    if definition.authentication == client_authentication.ClientSecretPost.method:
        return client_authentication.ClientSecretPost(secret)
    return client_authentication.ClientSecretBasic(secret)
