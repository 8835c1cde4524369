"""What of an account's evidence counts."""

from datetime import timedelta

import pytest

from idp.assurance import evidence
from idp.assurance.evidence import Evidence
from tests.assurance.worlds import NOW, PACKAGED


def test_evidence_is_kept_in_short_and_read_back() -> None:
    pieces = (
        Evidence("phone", NOW, NOW + timedelta(days=3)),
        Evidence("register", NOW - timedelta(days=1)),
    )
    kept = evidence.to_standing(pieces)
    assert kept[0] == {
        "code": "phone",
        "at": int(NOW.timestamp()),
        "until": int(NOW.timestamp()) + 3 * 86_400,
    }
    assert kept[1]["until"] is None
    assert evidence.from_standing(kept) == pieces
    assert evidence.from_standing([{"code": "phone", "at": 0}])[0].until is None


@pytest.mark.parametrize(
    ("piece", "counts"),
    [
        (Evidence("phone", NOW), True),
        (Evidence("phone", NOW - timedelta(days=1095)), True),
        (Evidence("phone", NOW - timedelta(days=1096)), False),  # the policy's own end
        (Evidence("phone", NOW - timedelta(days=2), NOW), False),  # its own end is its last moment
        (Evidence("phone", NOW - timedelta(days=2), NOW + timedelta(seconds=1)), True),
        (Evidence("phone", NOW + timedelta(seconds=59)), True),  # another machine's clock
        (Evidence("phone", NOW + timedelta(seconds=61)), False),
        (Evidence("enterprise_register", NOW), False),  # another kind of account
        (Evidence("unheard_of", NOW), False),
    ],
)
def test_only_what_is_known_of_that_kind_begun_and_not_ended_counts(piece: Evidence, counts: bool) -> None:
    assert (piece.code in evidence.valid(PACKAGED, "citizen", [piece], NOW)) is counts


def test_the_newest_piece_of_a_kind_is_the_one() -> None:
    old, new = (Evidence("register", NOW - timedelta(days=days)) for days in (30, 3))
    assert evidence.valid(PACKAGED, "citizen", [new, old], NOW) == {"register": new.at}


def test_what_is_older_than_asked_does_not_count() -> None:
    piece = Evidence("register", NOW - timedelta(hours=1))
    assert evidence.valid(PACKAGED, "citizen", [piece], NOW, max_age=3600)
    assert not evidence.valid(PACKAGED, "citizen", [piece], NOW, max_age=3599)
