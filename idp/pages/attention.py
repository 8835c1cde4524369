"""What a person should look at in their account, the most urgent first; nothing when all is well.

One more: a function that returns its lines, added to `of`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from flask_babel import format_date
from flask_babel import gettext as _

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.assurance import evidence as pieces
from idp.authenticators import enrolled, otp, recovery, recovery_code, recovery_ticket
from idp.consent import consent_record, deletion_request
from idp.consent.consent_record import HELD
from idp.level_policy import current
from idp.mandates import mandate, offering
from idp.mandates.decision import PROPOSED
from idp.pages import proving, serving
from idp.pages.serving import SERVICES
from idp.signed_in import SignedIn

SOON = timedelta(days=30)
FEW_CODES = 3


@dataclass(frozen=True)
class Line:
    """One thing to look at. ``code`` names it for tests and screens; ``sign`` is its drawn sign."""

    code: str
    sign: str
    title: str
    text: str
    url: str


def of(person: SignedIn) -> list[Line]:
    """Return what *person* should look at."""
    account, now = person.account, clock.now()
    found = [*_endangered(account), *_waiting(account), *_way_in(person)]
    if account.kind == accounts.CITIZEN:
        found += [*_ends_soon(account, now), *_unanswered(account)]
    return found


def _endangered(account: Account) -> Iterator[Line]:
    recovering = recovery.find_open(account.id)
    if recovering is not None:
        yield Line(
            "recovery",
            "warning",
            _("Somebody is recovering this account"),
            _("To set a new password, because the old way in is lost. Was it not you? Look and stop it."),
            f"/recovery/stop/{recovery_ticket.stop_token(recovering.id)}",
        )
    if account.closes_at is not None:
        day = format_date(account.closes_at, "long")
        yield Line(
            "closing",
            "clock",
            _("Your account will be closed on %(date)s", date=day),
            _("You asked for it. Until then you can change your mind."),
            "/account/close",
        )


def _waiting(account: Account) -> Iterator[Line]:
    asked = [one for one, _above in mandate.held_by(account.id, status=PROPOSED)]
    asked += [one for one in mandate.of_principal(account.id) if one.status == PROPOSED]
    count = len({one.id for one in asked if account.id in offering.awaited(one)})
    if count:
        yield Line(
            "mandates",
            "people",
            _("Mandates that wait for your answer: %(count)s", count=count),
            _("Say yes or no. Nobody acts for you before."),
            "/account/mandates",
        )


def _way_in(person: SignedIn) -> Iterator[Line]:
    if not enrolled.SECOND_FACTORS & person.methods:
        yield Line(
            "second-factor",
            "key",
            _("Make your account safer"),
            _("With a code from your phone, nobody gets in by your password alone."),
            "/account/totp",
        )
    elif otp.AMR in person.methods:
        left = recovery_code.count_left(person.account.id)
        if left < FEW_CODES:
            yield Line(
                "recovery-codes",
                "paper",
                _("Few recovery codes left: %(count)s", count=left),
                _("Without them you cannot get in when you lose your phone."),
                "/account/recovery-codes",
            )


def _ends_soon(account: Account, now: datetime) -> Iterator[Line]:
    policy = current.get()
    evidence = pieces.from_standing(account.standing)
    held = pieces.valid(policy, account.kind, evidence, now)
    ends = [
        (end, one.code)
        for one in evidence
        if one.code in held and (end := pieces.end_of(policy, one)) is not None and end - now <= SOON
    ]
    if ends:
        end, code = min(ends)
        yield Line(
            "evidence",
            "shield",
            _("A proof of your name runs out on %(date)s", date=format_date(end, "long")),
            _("%(proof)s: renew it, so that your level stays.", proof=proving.name_of(code)),
            "/account/proofing",
        )
    for record in consent_record.of_account(account.id):
        if record.state(now) == HELD and record.items and record.expires_at - now <= SOON:
            yield Line(
                "consent",
                "link",
                _("What you allowed ends on %(date)s", date=format_date(record.expires_at, "long")),
                _("%(site)s will ask you again.", site=serving.site_of(record.client_id).name),
                f"{SERVICES}/{quote(record.client_id, safe='')}",
            )


def _unanswered(account: Account) -> Iterator[Line]:
    for asked in deletion_request.of_account(account.id):
        if asked.is_open and asked.overdue_at is not None:
            yield Line(
                "deletion",
                "clock",
                _("A service has not answered in time"),
                _("You asked %(site)s to delete your data.", site=serving.site_of(asked.client_id).name),
                f"{SERVICES}/{quote(asked.client_id, safe='')}",
            )
