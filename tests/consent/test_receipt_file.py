"""The two forms of a receipt."""

import json
import re
from pathlib import Path

from idp import clock
from idp.consent import receipt_file
from idp.keys import compact_jwt
from idp.keys.keyring import KEYRING
from tests.consent import agreed
from tests.provider import Provider

ROOT = Path(__file__).resolve().parents[2]


def test_the_signed_form_says_who_signed_what_and_when(provider: Provider) -> None:
    with provider.context():
        now = clock.now()
        text = receipt_file.signed(agreed.receipt(), "27560", now)
        said = KEYRING.get().verify(text, typ="consent-receipt+jwt")
    assert said["iss"] == agreed.ISSUER
    assert said["iat"] == int(now.timestamp())
    assert said["jti"] == f"{agreed.EVENT}.27560"
    assert "exp" not in said, "what was said on that day stays true"
    assert compact_jwt.unverified_header(text)["alg"] == "ES256"


def test_the_readable_form_holds_the_same_twice(provider: Provider) -> None:
    with provider.context():
        both = json.loads(receipt_file.readable(agreed.receipt(), "kantara", clock.now()))
        assert KEYRING.get().verify(both["signed"], typ=receipt_file.TYP) == both["receipt"]


def test_it_names_no_person(provider: Provider) -> None:
    with provider.context():
        text = receipt_file.readable(agreed.receipt(), "27560", clock.now())
    assert agreed.SUB in text
    assert "account" not in json.dumps(json.loads(text)["receipt"]["record"]["party_identification"])


def test_the_examples_of_the_guide_are_what_is_written() -> None:
    text = (ROOT / "docs" / "receipts.md").read_text(encoding="utf-8")
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    assert examples == [make(agreed.receipt()) for make in receipt_file.STANDARDS.values()]
