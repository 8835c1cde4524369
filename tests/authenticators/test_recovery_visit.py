"""One browser's way through a recovery: sealed, its own, gone at its end."""

import pytest
from flask import Flask

from idp.authenticators import recovery_visit
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Expired

BROWSER = "browser-of-li-na"


def test_what_was_proven_is_kept_for_this_browser_alone(context: Flask) -> None:
    visit = recovery_visit.begin(BROWSER, phone="+8613900139000", own_number=True, proofs=("phone",))
    changed = visit.changed(proofs=("phone", "register"), claim=(("name", "李娜"), ("number", "1")))
    recovery_visit.save(changed)
    assert recovery_visit.get(visit.id, BROWSER) == changed
    for visit_id, browser in ((visit.id, "another"), ("", BROWSER), ("x" * 32, BROWSER), ("\0", BROWSER)):
        with pytest.raises(Expired):
            recovery_visit.get(visit_id, browser)
    recovery_visit.close(visit)
    with pytest.raises(Expired):
        recovery_visit.get(visit.id, BROWSER)


def test_the_store_holds_neither_name_nor_number_in_clear(context: Flask) -> None:
    visit = recovery_visit.begin(BROWSER, phone="+8613900139000", claim=(("name", "李娜"),))
    stored = EPHEMERAL.get().get(f"recovery-visit:{visit.id}")
    assert stored is not None
    assert b"13900139000" not in stored
    assert "李娜".encode() not in stored
