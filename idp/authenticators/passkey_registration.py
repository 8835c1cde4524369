"""Adding a passkey (WebAuthn §7.1): what the browser is asked for, and what must be true of its answer.

Attestation is asked for directly, because it decides whether the passkey counts as hardware; one without it, or from a
maker we do not know, is welcome all the same and counts as ``swk``.
"""

from uuid import UUID

import webauthn
from webauthn.helpers import options_to_json, parse_attestation_object
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp import clock
from idp.authenticators import attestation, authenticator_name, passkey, passkey_challenge, passkey_response
from idp.authenticators.passkey import Passkey
from idp.errors import InvalidInput
from idp.settings import SETTINGS

TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)


def options(account_id: UUID, session_id: UUID, *, browser: str, label: str, name: str) -> str:
    """Return what ``navigator.credentials.create`` is called with, as JSON. *label* and *name* show on the device."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=passkey.rp_id(),
            rp_name=SETTINGS.get().name,
            user_id=passkey.user_handle(account_id),
            user_name=label,
            user_display_name=name,
            challenge=passkey_challenge.issue(_purpose(account_id, session_id), browser),
            timeout=passkey_challenge.LIFE * 1000,
            attestation=AttestationConveyancePreference.DIRECT,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkey.of_account(account_id)
            ],
        )
    )


def register(account_id: UUID, session_id: UUID, text: str, *, browser: str, name: str) -> Passkey:
    """Check the browser's answer and keep the passkey.

    Raises InvalidInput ``passkey_refused``, ``passkey_model_refused`` or for the name, Expired, Conflict.
    """
    called = authenticator_name.get(name)
    response = passkey_response.read(text)
    passkey_challenge.take(response.challenge, _purpose(account_id, session_id), browser)
    with passkey_response.understood():
        verified = webauthn.verify_registration_response(
            credential=response.credential,
            expected_challenge=response.challenge,
            expected_rp_id=passkey.rp_id(),
            expected_origin=SETTINGS.get().issuer,
        )
        aaguid, form = UUID(verified.aaguid), AttestationFormat(verified.fmt).value
        chain = parse_attestation_object(verified.attestation_object).att_stmt.x5c or []
        said = response.credential["response"].get("transports")
        transports = sorted(TRANSPORTS & {str(one) for one in said}) if isinstance(said, list) else []
    if len(verified.credential_id) > passkey.LONGEST_ID:
        raise passkey_response.refused()
    if attestation.is_refused(aaguid):
        raise InvalidInput(
            "passkey_model_refused",
            "Keys of this model are known to be unsafe. Use another one",
            field="passkey",
        )
    return passkey.add(
        account_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        aaguid=aaguid,
        attestation_format=form,
        vouched_by=attestation.vouching_root(form, chain, aaguid, clock.now()),
        device_bound=verified.credential_device_type is CredentialDeviceType.SINGLE_DEVICE,
        verifies_user=verified.user_verified,
        transports=transports,
        name=called,
    )


def _purpose(account_id: UUID, session_id: UUID) -> str:
    return f"register:{account_id}:{session_id}"
