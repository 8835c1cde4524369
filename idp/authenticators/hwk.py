"""A passkey that cannot leave its device and whose maker is trusted (RFC 8176 ``hwk``: hardware-secured key).

Which ones these are says the attestation policy (`attestation.is_trusted`); the passkeys themselves live in
`passkey`.
"""

from idp.authenticators import mfa

AMR = "hwk"
KIND = mfa.KINDS[AMR]
