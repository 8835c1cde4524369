"""The sandbox's people, enterprises and service sites (config/sandbox), and the credentials the sites start with.

Idempotent: who is there stays as they are, a site's registration is brought up to date, its credentials are kept
as long as its file is there. Each site gets ``<client_id>.env`` and, for private_key_jwt, ``<client_id>.pem``, for
its owner's eyes only. People come with the identity and the evidence that the file gives them; what they may do for
others and their posts are planted by `mandates` and `posts`. Refused outside the sandbox.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from idp import deployment_fact
from idp.accounts import account as accounts
from idp.accounts import identity, represented
from idp.accounts.account import Person
from idp.accounts.identity import Identity
from idp.authenticators import otp, pwd
from idp.errors import Forbidden
from idp.identifiers import citizen_id, uscc
from idp.proofing import evidence
from idp.relying_parties import registration
from idp.relying_parties.relying_party import PRIVATE_KEY_JWT
from idp.sandbox import cast, mandates, posts
from idp.sandbox.cast import Member
from idp.sandbox.registers import folder
from idp.settings import SETTINGS

SITES = Path("var/sandbox/sites")
PASSWORD = "Tongxing-demo-2026"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ACTOR = "sandbox"
ENTERPRISE_EVIDENCE = ("enterprise_register", "representative")
SECRET_BYTES = 32


def plant(sites: Path = SITES, registers: Path = folder.FOLDER) -> tuple[list[str], list[str]]:
    """Plant people and sites; return the user names and client_ids that are new. The caller commits.

    The database is a sandbox's from then on: `idp.cli.configured` starts nothing on it in production.

    Raises Forbidden outside the sandbox.
    """
    settings = SETTINGS.get()
    if not settings.sandbox:
        raise Forbidden("sandbox_only", "sandbox data is for the sandbox only")
    deployment_fact.note(deployment_fact.SANDBOX_DATA)
    prepared = folder.prepare(registers, Path(settings.registers.keys_file))
    people = [one.username for one in cast.people() if _plant_person(one)]
    child = cast.child(prepared.year)
    _plant_represented(
        accounts.CITIZEN, child.name, identity.parse(citizen_id.TYPE, child.number), ("register",)
    )
    for company in cast.companies():
        if company.representative:
            code = identity.parse(uscc.TYPE, company.uscc)
            _plant_represented(accounts.ENTERPRISE, company.name, code, ENTERPRISE_EVIDENCE)
    posts.plant(TOTP_SECRET)
    mandates.plant(child)
    sites.mkdir(parents=True, exist_ok=True, mode=0o700)
    planted = [client_id for one in cast.read("relying_parties") if (client_id := _plant_site(one, sites))]
    return people, planted


def _plant_person(facts: Member) -> bool:
    if accounts.find_by_identifier(facts.username) is not None:
        return False
    person = Person(
        username=facts.username,
        name=facts.name,
        phone=facts.phone,
        gender=facts.gender,
        birthdate=facts.birthdate,
    )
    account = accounts.create(person, kind=facts.kind, actor=ACTOR)
    pwd.set_password(account.id, PASSWORD)
    if facts.totp:
        otp.enrol(account.id, TOTP_SECRET)
    if "register" in facts.evidence:
        identity.bind(account, identity.parse(citizen_id.TYPE, facts.number), name=facts.name)
        # In the sandbox people live where they were first registered.
        accounts.set_residence(account, citizen_id.parse(facts.number).division)
    for code in facts.evidence:
        evidence.add(account, code, source=ACTOR)
    return True


def _plant_represented(kind: str, name: str, whose: Identity, codes: tuple[str, ...]) -> None:
    """Plant an account that nobody logs in to, unless somebody has that identity already."""
    if identity.find_account(whose) is not None:
        return
    account = represented.create(kind, name, actor=ACTOR)
    identity.bind(account, whose, name=name)
    for code in codes:
        evidence.add(account, code, source=ACTOR)


def _plant_site(document: dict[str, Any], sites: Path) -> str | None:
    client_id = document["client_id"]
    site_url = document["client_uri"].rstrip("/")
    file = sites / f"{client_id}.env"
    environment = {
        "TONGXING_CLIENT_ID": client_id,
        "TONGXING_ISSUER": SETTINGS.get().issuer,
        "TONGXING_SITE_URL": site_url,
        "TONGXING_PORT": site_url.rpartition(":")[2],
    }
    if document["token_endpoint_auth_method"] == PRIVATE_KEY_JWT:
        key_file = sites / f"{client_id}.pem"
        environment["TONGXING_PRIVATE_KEY_FILE"] = str(key_file.resolve())
        credential: dict[str, Any] = {"jwks": {"keys": [_public_key(key_file)]}}
    else:
        secret = _kept(file).get("TONGXING_CLIENT_SECRET") or secrets.token_urlsafe(SECRET_BYTES)
        environment["TONGXING_CLIENT_SECRET"] = secret
        credential = {"client_secret": secret}
    _write(file, "".join(f"{name}={value}\n" for name, value in environment.items()))
    registered = registration.put(registration.read(document | credential))
    return client_id if registered.outcome == registration.CREATED else None


def _kept(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = (line.partition("=") for line in file.read_text(encoding="utf-8").splitlines())
    return {name: value for name, _, value in lines}


def _public_key(file: Path) -> dict[str, Any]:
    if file.exists():
        key = ECKey.import_key(file.read_text(encoding="ascii"))
    else:
        key = ECKey.generate_key("P-256")
        _write(file, key.as_pem(private=True).decode())
    return dict(key.as_dict(private=False, kid=key.thumbprint()))


def _write(file: Path, content: str) -> None:
    """Write for the owner only, and never half."""
    new = file.with_suffix(file.suffix + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(
        os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as stream:
        stream.write(content)
    new.replace(file)
