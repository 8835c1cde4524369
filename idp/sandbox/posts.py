"""The posts of the sandbox's officials (config/sandbox/posts.json): where each works, and as what.

Idempotent: who has a post keeps it. Posts that the sandbox comes with were proposed by nobody; every later one needs
two people (`idp.operators.appointing`). The roles' floors decide what evidence an account gets: security and audit
administrators must reach level 4, so they were proven at a counter.
"""

import json
from pathlib import Path
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.authenticators import otp
from idp.db import db
from idp.operators import following
from idp.operators import post as posts
from idp.operators.post import ACTIVE, Post
from idp.operators.rights import GUARDED
from idp.proofing import evidence
from idp.uuid7 import uuid7

FILE = Path(__file__).parents[2] / "config" / "sandbox" / "posts.json"
AT_THE_COUNTER = "counter"


def plant(totp_secret: str) -> list[str]:
    """Give the planted officials their posts and an authenticator app; return the user names of the new ones.

    The caller commits.
    """
    rows: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return [row["username"] for row in rows if _plant_post(row, totp_secret)]


def _plant_post(row: dict[str, Any], totp_secret: str) -> bool:
    account = accounts.find_by_identifier(row["username"])
    if account is None or posts.find_of(account.id) is not None:
        return False
    now = clock.now()
    db.session.add(
        Post(
            id=uuid7(),
            account_id=account.id,
            username=row["username"],
            organization=row["organization"],
            division_code=row["division_code"],
            roles=row["roles"],
            status=ACTIVE,
            proposed_at=now,
            approved_at=now,
            taken_up_at=now,
        )
    )
    db.session.flush()
    if not otp.is_enrolled(account.id):
        otp.enrol(account.id, totp_secret)
    following.appoint(account, None)
    if GUARDED & set(row["roles"]):
        evidence.add(account, AT_THE_COUNTER, source="sandbox")
    return True
