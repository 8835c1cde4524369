"""The ways to show a second factor, each with its page: a table. Only what the account has is offered.

Nobody sees any of this before the first factor was right: what an account has enrolled is nobody else's business.
One more way: a page, and a line here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from idp.accounts.account import Account
from idp.authenticators import enrolled, hwk, mfa, otp, recovery_code, sms, swk, user
from idp.journey.journey import Journey
from idp.pages import signing_in


@dataclass(frozen=True)
class Way:
    """One way. Open to accounts that have any of *needs* enrolled, where *adds* makes two factors of one."""

    name: str
    path: str
    needs: frozenset[str]
    adds: frozenset[str]
    icon: str
    text: Callable[[], str]

    def is_open(self, owned: frozenset[str], shown: tuple[str, ...]) -> bool:
        """Whether it helps somebody who owns these and has *shown* those."""
        return bool(self.needs & owned) and mfa.is_two_factors({*shown, *self.adds})

    def url(self, journey: Journey) -> str:
        """Return the page's address in this journey."""
        path, _mark, query = self.path.partition("?")
        return signing_in.page_url(path, journey) + (f"&{query}" if query else "")


CODE = "/login/second-factor"
WAYS = (
    Way(
        "passkey",
        "/login/second-factor/passkey",
        frozenset({hwk.AMR, swk.AMR}),
        frozenset({swk.AMR, user.AMR}),
        "passkey",
        lambda: _("Use a passkey"),
    ),
    Way(
        "totp",
        f"{CODE}?method=totp",
        frozenset({otp.AMR}),
        frozenset({otp.AMR}),
        "phone",
        lambda: _("Use the code from the app"),
    ),
    Way(
        "sms",
        "/login/second-factor/sms",
        frozenset({sms.AMR}),
        frozenset({sms.AMR}),
        "message",
        lambda: _("Send a code to my phone"),
    ),
    Way(
        "recovery_code",
        f"{CODE}?method=recovery_code",
        frozenset({recovery_code.AMR}),
        frozenset({recovery_code.AMR}),
        "paper",
        lambda: _("Use a recovery code"),
    ),
)


def of(account: Account, journey: Journey) -> list[Way]:
    """Return the ways that are open, the best first. One query."""
    owned = enrolled.of(account.id)
    return [way for way in WAYS if way.is_open(owned, journey.methods)]


def others(account: Account, journey: Journey, present: str) -> list[dict[str, str]]:
    """Return what a page links to beside its own way *present*."""
    return [
        {"id": f"method-{way.name}", "url": way.url(journey), "icon": way.icon, "text": way.text()}
        for way in of(account, journey)
        if way.name != present
    ]
