"""Whose keys count as hardware (WebAuthn §7.1 steps 21 to 24): the policy of the settings, asked at each use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from idp import clock
from idp.authenticators import attestation, enrolled, passkey, passkey_registration
from idp.errors import InvalidInput
from idp.settings import SETTINGS
from tests.authenticators.soft_passkey import MODEL, Maker, SoftPasskey

BROWSER = "browser-0123456789abcdef"
OTHER_MODEL = UUID("ee882879-721c-4913-9775-3dfcce97072a")


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker()


@pytest.fixture
def believe(context: Flask, maker: Maker, tmp_path: Path) -> Iterator[Any]:
    """A function that sets the policy; the maker's root is believed."""
    before = SETTINGS.get()
    roots = tmp_path / "makers.pem"
    roots.write_bytes(maker.pem + Maker("另一家").pem)

    def change(**values: Any) -> Path:
        policy = before.passkeys.model_copy(update={"attestation_roots_file": str(roots), **values})
        context.extensions["tongxing.settings"] = before.model_copy(update={"passkeys": policy})
        return roots

    yield change
    context.extensions["tongxing.settings"] = before


def add(account_id: UUID, key: SoftPasskey, **how: Any) -> passkey.Passkey:
    session = uuid4()
    options = passkey_registration.options(account_id, session, browser=BROWSER, label="x", name="x")
    return passkey_registration.register(
        account_id, session, key.create(options, **how), browser=BROWSER, name="钥匙"
    )


def test_a_key_of_a_believed_maker_is_hardware(believe: Any, account_id: UUID, maker: Maker) -> None:
    believe()
    made = add(account_id, SoftPasskey(), maker=maker)
    assert made.amr == "hwk"
    assert enrolled.of(account_id) >= {"hwk", "user"}


def test_without_roots_nobody_is_believed(context: Flask, account_id: UUID, maker: Maker) -> None:
    assert add(account_id, SoftPasskey(), maker=maker).amr == "swk"


def test_an_unknown_maker_is_welcome_but_not_believed(believe: Any, account_id: UUID) -> None:
    believe()
    assert add(account_id, SoftPasskey(), maker=Maker()).amr == "swk"
    assert add(account_id, SoftPasskey()).amr == "swk", "self attestation says nothing about hardware"


def test_a_key_that_can_be_copied_is_none_whoever_made_it(
    believe: Any, account_id: UUID, maker: Maker
) -> None:
    believe()
    assert add(account_id, SoftPasskey(synced=True), maker=maker).amr == "swk"


def test_a_certificate_is_for_the_model_it_names(believe: Any, account_id: UUID, maker: Maker) -> None:
    """WebAuthn §8.2.1: or a maker's cheapest key could call itself the best."""
    believe()
    assert add(account_id, SoftPasskey(), maker=maker, certified_model=OTHER_MODEL).amr == "swk"
    assert add(account_id, SoftPasskey(), maker=maker, certified_model=None).amr == "hwk"


def test_an_expired_certificate_vouches_for_nothing(believe: Any, account_id: UUID, maker: Maker) -> None:
    believe()
    assert add(account_id, SoftPasskey(), maker=maker, expired=True).amr == "swk"


def test_only_models_of_the_list_when_there_is_one(believe: Any, account_id: UUID, maker: Maker) -> None:
    believe(trusted_models=(str(OTHER_MODEL),))
    assert add(account_id, SoftPasskey(), maker=maker).amr == "swk"
    assert add(account_id, SoftPasskey(aaguid=OTHER_MODEL), maker=maker).amr == "hwk"


def test_trust_that_is_withdrawn_ends_at_the_next_use(believe: Any, account_id: UUID, maker: Maker) -> None:
    roots = believe()
    made = add(account_id, SoftPasskey(), maker=maker)
    assert made.amr == "hwk"
    believe(trusted_models=(str(OTHER_MODEL),))
    assert made.amr == "swk"
    assert "hwk" not in enrolled.of(account_id)
    believe()
    assert made.amr == "hwk"
    roots.write_bytes(Maker("只剩这家").pem)
    assert made.amr == "swk"
    assert "swk" in enrolled.of(account_id)


def test_broken_models_are_refused(believe: Any, account_id: UUID, maker: Maker) -> None:
    believe(refused_models=(str(MODEL),))
    with pytest.raises(InvalidInput, match="passkey_model_refused"):
        add(account_id, SoftPasskey(), maker=maker)


def test_the_virtual_authenticator_counts_only_by_the_sandboxs_own_rule(
    believe: Any, account_id: UUID, context: Flask
) -> None:
    believe(sandbox_trusts_virtual_authenticator=True)
    made = add(account_id, SoftPasskey(aaguid=attestation.VIRTUAL_AUTHENTICATOR))
    assert made.amr == "hwk"
    assert add(account_id, SoftPasskey()).amr == "swk", "other software keys never"
    assert add(account_id, SoftPasskey(aaguid=attestation.VIRTUAL_AUTHENTICATOR), form="none").amr == "swk", (
        "nor without its statement"
    )
    believe()
    assert made.amr == "swk"
    context.extensions["tongxing.settings"] = SETTINGS.get().model_copy(
        update={
            "sandbox": False,
            "passkeys": SETTINGS.get().passkeys.model_copy(
                update={"sandbox_trusts_virtual_authenticator": True}
            ),
        }
    )
    assert made.amr == "swk", "even if production got past the check of its settings"


def test_a_key_of_a_maker_is_no_maker(believe: Any, maker: Maker) -> None:
    """Whoever takes the attestation key out of one key must not be able to vouch for others by it."""
    believe()
    leaked = ec.generate_private_key(ec.SECP256R1())
    leaf = maker.vouch(leaked, MODEL)
    rogue = Maker("Authenticator", root_key=leaked)
    rogue.issuer = x509.load_der_x509_certificate(leaf).subject
    made = rogue.vouch(ec.generate_private_key(ec.SECP256R1()), MODEL)
    assert attestation.vouching_root("packed", [leaf], MODEL, clock.now()) is not None
    assert attestation.vouching_root("packed", [made, leaf], MODEL, clock.now()) is None


@pytest.mark.parametrize("chain", [[], [b""], [b"x" * 500]], ids=["none", "empty", "rubbish"])
def test_rubbish_vouches_for_nothing(believe: Any, chain: list[bytes]) -> None:
    believe()
    assert attestation.vouching_root("packed", chain, MODEL, clock.now()) is None
