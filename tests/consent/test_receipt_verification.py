"""A receipt of ours is known by its signature, whatever became of the key; one changed byte is enough to refuse it."""

import base64
import json
import string
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from idp import clock
from idp.consent import receipt_file, receipt_verification
from idp.consent.receipt_verification import LONGEST, Problem, verify
from idp.db import commit
from idp.keys import compact_jwt, signing_key
from idp.keys.keyring import KEYRING
from tests.consent import agreed
from tests.provider import NewProvider, Provider

STANDARDS = tuple(receipt_file.STANDARDS)


@pytest.fixture
def ours(provider: Provider) -> Iterator[None]:
    """Our keys."""
    with provider.context():
        yield


def signed(standard: str = "27560") -> str:
    return receipt_file.signed(agreed.receipt(), standard, clock.now())


def readable(standard: str = "27560") -> str:
    return receipt_file.readable(agreed.receipt(), standard, clock.now())


@pytest.mark.parametrize("standard", STANDARDS)
def test_both_forms_of_both_standards_are_ours(ours: None, standard: str) -> None:
    for text in (signed(standard), readable(standard), f"\ufeff  {signed(standard)}\r\n"):
        found = verify(text)
        assert found.is_ours
        assert found.standard == standard
        assert found.said is not None
        assert found.said["iss"] == agreed.ISSUER
        assert receipt_verification.service_of(found.said) == "社会保险参保记录"
        assert set(receipt_verification.items_of(found.said)) == {"identity_number", "name", "phone_number"}
        assert receipt_verification.event_of(found.said) == ("given", agreed.AT)


def test_a_text_that_was_broken_into_lines_is_still_ours(ours: None) -> None:
    text = signed()
    assert verify("\r\n".join(text[start : start + 70] for start in range(0, len(text), 70))).is_ours


def test_no_byte_of_the_signed_form_can_be_changed(ours: None) -> None:
    text = signed("kantara")
    letters = string.ascii_letters + string.digits + "-_"
    for place, letter in enumerate(text):
        other = letters[(letters.find(letter) + 1) % len(letters)]
        assert not verify(text[:place] + other + text[place + 1 :]).is_ours, place


def test_the_bits_of_the_last_character_that_decoders_ignore_count_too(ours: None) -> None:
    text = signed()
    for letter in string.ascii_letters + string.digits + "-_":
        assert verify(text[:-1] + letter).is_ours is (letter == text[-1])
    for more in ("=", "!", ".", "A"):
        assert not verify(text + more).is_ours


def test_no_byte_of_the_readable_form_can_be_changed(ours: None) -> None:
    """But the blanks between members, which are not said by anybody."""
    text = readable("kantara")
    blanks = set(" \n\t\r")
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        if letter in blanks and not quoted:
            continue
        other = "7" if letter == "8" else "8"
        assert not verify(text[:place] + other + text[place + 1 :]).is_ours, text[place - 20 : place + 20]


def test_the_places_that_were_changed_are_named(ours: None) -> None:
    both = json.loads(readable())
    both["receipt"]["record"]["pii_processing"]["purposes"][0]["retention_period"] = "forever"
    both["receipt"]["record"]["more"] = 1
    del both["receipt"]["iss"]
    found = verify(json.dumps(both))
    assert found.problem is Problem.TEXT_CHANGED
    assert found.places == (
        "receipt.iss",
        "receipt.record.more",
        "receipt.record.pii_processing.purposes[0].retention_period",
    )
    assert found.said is not None
    assert not found.is_ours


def test_at_most_ten_places_are_named(ours: None) -> None:
    both = json.loads(readable()) | {"receipt": {f"m{number}": 1 for number in range(100)}}
    assert len(verify(json.dumps(both)).places) == 10


@pytest.mark.parametrize("value", [True, 1.0, "1", None, [1]])
def test_a_value_of_another_kind_is_another_value(ours: None, value: Any) -> None:
    both = json.loads(readable())
    both["receipt"]["x_tongxing"]["number"] = value
    assert verify(json.dumps(both)).places == ("receipt.x_tongxing.number",)


def test_a_member_said_twice_is_refused(ours: None) -> None:
    text = readable().replace('"iss":', '"iss": "https://other.example",\n"iss":', 1)
    assert verify(text).problem is Problem.NO_RECEIPT


def test_a_readable_form_without_or_with_other_members_is_refused(ours: None) -> None:
    both = json.loads(readable())
    for broken in (
        both | {"note": "genuine"},
        {"receipt": both["receipt"]},
        both | {"signed": 1},
        both | {"signed": {"a": 1}},
    ):
        assert verify(json.dumps(broken)).problem is Problem.NO_RECEIPT


def test_a_receipt_stays_ours_when_its_key_is_archived(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        text, other = signed(), readable("kantara")
        signing_key.rotate("ES256")
        commit()
    with provider.context(), clock.shifted(timedelta(days=8)):
        signing_key.rotate_due(timedelta(days=90), timedelta(days=7))
        commit()
        KEYRING.get().forget()
        kid = compact_jwt.unverified_header(text)["kid"]
        assert kid not in {key.kid for key in signing_key.all_keys()}
        assert verify(text).is_ours
        assert verify(other).is_ours


def test_what_another_provider_signed_is_not_ours(ours: None) -> None:
    theirs = ECKey.generate_key("P-256", {"kid": "a" * 32})
    header = {"alg": "ES256", "typ": receipt_file.TYP, "kid": "a" * 32}
    claims = receipt_file.claims(agreed.receipt(), "27560", clock.now())
    text = compact_jwt.sign(header, claims, theirs)
    assert verify(text).problem is Problem.UNKNOWN_KEY
    assert verify(text, lambda _kid: theirs).is_ours


def test_our_name_on_another_key_is_refused(ours: None) -> None:
    theirs = ECKey.generate_key("P-256")
    kid = compact_jwt.unverified_header(signed())["kid"]
    text = compact_jwt.sign({"alg": "ES256", "typ": receipt_file.TYP, "kid": kid}, {"a": 1}, theirs)
    assert verify(text).problem is Problem.CHANGED


def test_an_unsigned_one_is_refused(ours: None) -> None:
    header, claims, _signature = signed().split(".")
    plain = json.loads(base64.urlsafe_b64decode(header + "=="))
    none = base64.urlsafe_b64encode(json.dumps(plain | {"alg": "none"}).encode()).decode().rstrip("=")
    for text in (f"{none}.{claims}.", f"{header}.{claims}."):
        assert verify(text).problem is Problem.CHANGED


def test_no_token_of_ours_passes_for_a_receipt(ours: None) -> None:
    """RFC 8725 §3.11."""
    claims = receipt_file.claims(agreed.receipt(), "27560", clock.now())
    assert verify(KEYRING.get().sign(claims, typ="at+jwt")).problem is Problem.OTHER_KIND


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        (" \n", Problem.EMPTY),
        ("a" * (LONGEST + 1), Problem.TOO_LONG),
        ("{", Problem.NO_RECEIPT),
        ("{}", Problem.NO_RECEIPT),
        ('{"receipt": NaN, "signed": "a.b.c"}', Problem.NO_RECEIPT),
        ("{" + '"a":[' * 9000, Problem.NO_RECEIPT),
        ("a.b.c", Problem.NO_RECEIPT),
        ("收据", Problem.NO_RECEIPT),
        ("..", Problem.NO_RECEIPT),
        ("\ud800.\ud800.\ud800", Problem.NO_RECEIPT),
    ],
)
def test_what_is_no_receipt_is_named(ours: None, text: str, problem: Problem) -> None:
    assert verify(text).problem is problem


@given(
    kid=st.one_of(st.none(), st.integers(), st.text(max_size=80), st.lists(st.text(max_size=3), max_size=2))
)
def test_any_kid_is_answered(kid: Any) -> None:
    header = base64.urlsafe_b64encode(json.dumps({"typ": receipt_file.TYP, "kid": kid}).encode()).decode()
    found = verify(f"{header.rstrip('=')}.e30.AA", lambda _kid: None)
    assert found.problem is Problem.UNKNOWN_KEY


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert not verify(text, lambda _kid: None).is_ours
