"""The sandbox's people and enterprises (config/sandbox), and with them all that `idp init --sandbox` plants.

Idempotent: who is there stays as they are. People come with the identity and the evidence that the file gives them;
what they may do for others and their posts are planted by `mandates` and `posts`, the authorities that vouch for the
service sites by `network`. Refused outside the sandbox.
"""

from pathlib import Path

from idp import deployment_fact
from idp.accounts import account as accounts
from idp.accounts import identity, represented
from idp.accounts.account import Person
from idp.accounts.identity import Identity
from idp.authenticators import otp, pwd
from idp.errors import Forbidden
from idp.identifiers import citizen_id, uscc
from idp.proofing import evidence
from idp.relying_parties import registration, relying_party_row
from idp.sandbox import cast, mandates, network, posts, recognition
from idp.sandbox.cast import Member
from idp.sandbox.registers import folder
from idp.settings import SETTINGS

SITES = Path("var/sandbox/sites")
PASSWORD = "Tongxing-demo-2026"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ACTOR = "sandbox"
ENTERPRISE_EVIDENCE = ("enterprise_register", "representative")
# Until the sites became members of the federation they were registered, with secrets.
FORMER_SITES = ("province-portal", "city-fund", "county-registry")


def plant(sites: Path = SITES, registers: Path = folder.FOLDER) -> tuple[list[str], list[str]]:
    """Plant people and the tree above the sites; return user names and sites that are new. The caller commits.

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
    for client_id in FORMER_SITES:
        if relying_party_row.find(client_id) is not None:
            registration.delete(client_id)
    meeting = sites.with_name(network.MEETING.name)
    vouched = network.plant(sites, meeting)
    recognition.plant(network.authority_id("national"), meeting)
    return people, vouched


def plant_province(division_code: str, meeting: Path = network.MEETING) -> list[str]:
    """Make this the provider of another province, with its people; return those that are new. The caller commits.

    Raises Forbidden outside the sandbox, InvalidInput for a province that the sandbox does not know.
    """
    if not SETTINGS.get().sandbox:
        raise Forbidden("sandbox_only", "sandbox data is for the sandbox only")
    recognition.find(division_code)
    deployment_fact.note(deployment_fact.SANDBOX_DATA)
    planted = [one.username for one in cast.people(division_code) if _plant_person(one)]
    recognition.join(division_code, meeting)
    return planted


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
