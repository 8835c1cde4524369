"""A provider behind a proxy that asks browsers for certificates, and visitors who show one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509

from idp.authenticators import client_certificate, sc
from idp.db import commit
from idp.setting_sections import Certificates
from tests.authenticators.authority import Authority, header, pem
from tests.person import Person, Visitor
from tests.provider import ISSUER, Provider

ROOT = Authority()
Publish = Callable[..., None]


def settings(folder: Path) -> dict[str, Any]:
    """What `new_provider` needs; nothing is revoked yet."""
    (folder / "authorities.pem").write_bytes(ROOT.pem)
    publish(folder)
    files = Certificates(
        authorities_file=str(folder / "authorities.pem"), revocation_file=str(folder / "revoked.pem")
    )
    return {"trusted_proxies": ("127.0.0.1",), "certificates": files}


def publish(folder: Path, *revoked: x509.Certificate) -> None:
    """Write the authority's list of revoked certificates."""
    (folder / "revoked.pem").write_bytes(pem(ROOT.revocation_list(*revoked)))


def tie(provider: Provider, person: Person, certificate: x509.Certificate) -> None:
    """As the page does, without the page."""
    told = sc.described(certificate)
    with provider.context():
        client_certificate.add(
            person.id,
            digest=sc.digest(certificate),
            serial=told.serial,
            issuer=told.issuer,
            subject=told.subject,
            name="我的 UKey",
            not_after=certificate.not_valid_after_utc,
        )
        commit()


def visitor(provider: Provider, certificate: x509.Certificate | None = None) -> Visitor:
    """A browser that shows *certificate* to the proxy."""
    made = Visitor(provider.app, ISSUER, language="en")
    if certificate is not None:
        insert(made, certificate)
    return made


def insert(browser: Visitor, certificate: x509.Certificate) -> None:
    """Plug the UKey in."""
    browser.client.environ_base["HTTP_CLIENT_CERT"] = header(certificate)
