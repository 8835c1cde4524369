"""An authority of the Italian federation, with a site of its own at ``/rp``: PyPI spid-cie-oidc as a Django project.

Runs in that package's own virtual environment (scripts/peers) and imports nothing of ours:
``python spid_authority.py DATABASE ENTITY COMMAND``, with JSON on its input. Each command is what an operator there
does in its administration pages:

- ``found``: {"authority_hints": […], "constraints": {…}}; the authority, and the site below it
- ``serve``: answer at the entity's port
- ``vouch``: {"sub", "type", "jwks", "metadata_policy", "profile"}; their checks of a newcomer run first
- ``leave``: {"sub"}; stand behind it no more
- ``resolve``: {"sub", "trust_anchor"}; what their resolver makes of it
"""

import json
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

DATABASE, ENTITY, COMMAND = sys.argv[1:]
FETCH = f"{ENTITY}/fetch"
SITE = f"{ENTITY}/rp"
PROFILE = "https://registry.example.it/profiles/public"

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DEBUG=False,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "spid_cie_oidc.entity",
        "spid_cie_oidc.authority",
    ],
    # Without it theirs makes RSA keys, which takes longer.
    PRIVATE_KEY_TYPE="EC",
    ROOT_URLCONF=__name__,
    SECRET_KEY="of the test",
    USE_TZ=True,
)
django.setup()

from spid_cie_oidc.authority import models as authority  # noqa: E402 - Django has to be set up first
from spid_cie_oidc.entity import models as entity  # noqa: E402
from spid_cie_oidc.entity import trust_chain_operations  # noqa: E402

urlpatterns = [
    path("", include("spid_cie_oidc.entity.urls")),
    path("", include("spid_cie_oidc.authority.urls")),
    path("rp/", include("spid_cie_oidc.entity.urls")),
]


def found(authority_hints: list[str], constraints: dict[str, Any] | None = None) -> None:
    """Make the tables, the authority and its own site."""
    call_command("migrate", verbosity=0)
    about = {
        "organization_name": "Registro di prova",
        "contacts": ["ops@example.it"],
        "homepage_uri": ENTITY,
        "federation_fetch_endpoint": FETCH,
        "federation_list_endpoint": f"{ENTITY}/list",
        "federation_resolve_endpoint": f"{ENTITY}/resolve",
        "federation_trust_mark_status_endpoint": f"{ENTITY}/trust_mark_status",
    }
    _entity(ENTITY, {"federation_entity": about}, authority_hints, constraints or {})
    _entity(SITE, {"openid_relying_party": _site()}, [ENTITY], {})


def _entity(sub: str, metadata: dict[str, Any], hints: list[str], constraints: dict[str, Any]) -> None:
    made = entity.FederationEntityConfiguration(
        sub=sub,
        metadata=metadata,
        authority_hints=hints,
        constraints=constraints,
        is_active=True,
    )
    made.save()
    if "openid_relying_party" in metadata:
        about = made.metadata["openid_relying_party"]
        about["jwks"] = {"keys": [{**key, "use": "sig"} for key in made.public_jwks]}
        made.save()


def _site() -> dict[str, Any]:
    return {
        "application_type": "web",
        "client_registration_types": ["automatic"],
        "client_name": "Sito di prova",
        "contacts": ["ops@example.it"],
        "grant_types": ["refresh_token", "authorization_code"],
        "redirect_uris": [f"{SITE}/callback"],
        "response_types": ["code"],
        "subject_type": "pairwise",
        "token_endpoint_auth_method": "private_key_jwt",
    }


def vouch(
    sub: str,
    jwks: list[dict[str, Any]] | None = None,
    profile: str = "",
    **about: Any,
) -> None:
    """Take up a newcomer, as their onboarding does: its configuration is fetched and judged."""
    if jwks is None:
        jwks = entity.FederationEntityConfiguration.objects.get(sub=sub).public_jwks
    made = authority.FederationDescendant(name=sub[:33], sub=sub, jwks=jwks, is_active=True, **about)
    made.status = "valid"
    made.full_clean()
    made.save()
    if profile:
        kind, _ = authority.FederationEntityProfile.objects.get_or_create(
            name="public", profile_category=profile, profile_id=PROFILE
        )
        authority.FederationEntityAssignedProfile.objects.create(
            descendant=made,
            profile=kind,
            issuer=entity.FederationEntityConfiguration.objects.get(sub=ENTITY),
        )


def leave(sub: str) -> None:
    """Stand behind it no more."""
    authority.FederationDescendant.objects.filter(sub=sub).update(is_active=False)


def resolve(sub: str, trust_anchor: str) -> dict[str, Any]:
    """Return whom their resolver passed through, and the metadata that counts; ``refused`` when there is no chain."""
    try:
        chain = trust_chain_operations.get_or_create_trust_chain(sub, trust_anchor, force=True)
    except Exception as error:  # noqa: BLE001 - it raises what happens to come
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"path": chain.parties_involved, "metadata": chain.metadata}


def serve() -> None:
    """Answer until stopped."""
    address = f"127.0.0.1:{urlsplit(ENTITY).port}"
    call_command("runserver", address, use_reloader=False, skip_checks=True, verbosity=0)


COMMANDS: dict[str, Callable[..., Any]] = {
    "found": found,
    "serve": serve,
    "vouch": vouch,
    "leave": leave,
    "resolve": resolve,
}

if __name__ == "__main__":
    given = {} if COMMAND == "serve" else json.load(sys.stdin)
    sys.stdout.write(json.dumps(COMMANDS[COMMAND](**given)))
