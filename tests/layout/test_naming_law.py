"""The naming law: whatever the served discovery document advertises is a file of that name, and nothing else is."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from idp import endpoints
from idp.app import create_app
from idp.endpoints import ssf_configuration
from idp.federation import entity_metadata
from idp.keys import master_key
from idp.machine import ENTITY
from idp.settings import Settings
from tests.layout import tree

ISSUER = "http://localhost:8000"
# What a member of the document lists, and the room whose files carry these names.
ROOMS = {
    "amr_values_supported": "authenticators",
    "grant_types_supported": "grants",
    "response_modes_supported": "response_modes",
    "scopes_supported": "claims",
    "token_endpoint_auth_methods_supported": "client_auth",
}
# Facts about a login that are no way of signing in, each in its file all the same.
NOT_PLUG_INS = {"mfa"}


@pytest.fixture(scope="module")
def discovery(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document as a relying party fetches it."""
    folder = tmp_path_factory.mktemp("provider")
    master_key.create(folder / "master.key")
    settings = Settings(
        issuer=ISSUER,
        sandbox=True,
        database_url=f"sqlite:///{folder}/provider.sqlite3",
        master_key_file=str(folder / "master.key"),
    )
    client = create_app(settings).test_client()
    response = client.get("/.well-known/openid-configuration", base_url=ISSUER)
    assert response.status_code == 200
    document: dict[str, Any] = json.loads(response.data)
    return document


def file_name(value: str) -> str:
    """The file of an advertised value: the last word of a URN, with what Python allows in names."""
    return value.rsplit(":", 1)[-1].replace("-", "_").replace(".", "_")


def missing(room: str, names: set[str]) -> set[str]:
    """Those of *names* that are neither module nor package of idp/*room*."""
    place = Path("idp") / room
    files = set(tree.committed())
    return {name for name in names if not {place / f"{name}.py", place / name / "__init__.py"} & files}


def test_every_endpoint_has_its_file(discovery: dict[str, Any]) -> None:
    names = {name.removesuffix("_endpoint") for name in discovery if name.endswith("_endpoint")}
    assert {"authorization", "token", "userinfo", "introspection", "revocation", "end_session"} <= names
    names |= {"jwks"} if "jwks_uri" in discovery else set()
    names |= {"check_session"} if "check_session_iframe" in discovery else set()
    assert not missing("endpoints", names)


@pytest.mark.parametrize(("member", "room"), ROOMS.items())
def test_every_advertised_value_has_its_file(discovery: dict[str, Any], member: str, room: str) -> None:
    assert discovery[member]
    assert not missing(room, {file_name(value) for value in discovery[member]})


@pytest.mark.parametrize(("member", "room"), ROOMS.items())
def test_every_plug_in_is_advertised(discovery: dict[str, Any], member: str, room: str) -> None:
    plug_ins = {module.__name__.rsplit(".", 1)[-1] for module in import_module(f"idp.{room}").ALL}
    advertised = {file_name(value) for value in discovery[member]}
    assert plug_ins == advertised - NOT_PLUG_INS


def test_addresses_are_below_the_issuer(discovery: dict[str, Any]) -> None:
    addresses = [
        value for name, value in discovery.items() if name.endswith(("_endpoint", "_uri", "_iframe"))
    ]
    assert addresses
    assert all(address.startswith(f"{ISSUER}/") for address in addresses)


def test_every_endpoint_of_a_hosted_entity_has_its_file() -> None:
    """OpenID Federation 1.0 §5.1.1: advertised in each entity's own configuration, under the same law."""
    paths = entity_metadata.AUTHORITY_PATHS | entity_metadata.PATHS
    names = {name.removesuffix("_endpoint") for name in paths}
    assert {"federation_fetch", "federation_list", "federation_resolve"} <= names
    assert not missing("endpoints", names | {"openid_federation"})
    routes = {path for door in endpoints.FEDERATION for path in door.ROUTES}
    assert {f"{ENTITY}{path}" for path in paths.values()} <= routes


def test_every_endpoint_of_shared_signals_has_its_file() -> None:
    """SSF 1.0 §7.1: a discovery document of its own, under the same law."""
    document = ssf_configuration.document(ISSUER)
    names = {name.removesuffix("_endpoint") for name in document if name.endswith("_endpoint")}
    assert {"configuration", "status", "add_subject", "remove_subject", "verification"} == names
    assert not missing("endpoints", names | {"ssf_configuration", "poll"})
    routes = {path for door in endpoints.SHARED_SIGNALS for path in door.ROUTES}
    assert {
        value.removeprefix(ISSUER) for name, value in document.items() if name.endswith("_endpoint")
    } <= routes
