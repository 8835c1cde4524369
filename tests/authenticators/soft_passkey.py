"""A passkey made of software, as hostile or as honest as a test wants it (WebAuthn §6, CTAP 2.1)."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "http://localhost:8000"
RP_ID = "localhost"
MODEL = UUID("2fc0579f-8113-47ea-b116-bb5a8db9202a")
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass
class Maker:
    """A maker of security keys: a root, and certificates for the keys of one model."""

    name: str = "示例安全密钥厂"
    root_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def __post_init__(self) -> None:
        self.issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{self.name} Root")])
        self.root = self._certificate(self.root_key, f"{self.name} Root", ca=True)

    @property
    def pem(self) -> bytes:
        """The root, as a deployer stores it."""
        return self.root.public_bytes(Encoding.PEM)

    def vouch(self, key: ec.EllipticCurvePrivateKey, model: UUID | None, *, expired: bool = False) -> bytes:
        """A certificate for an attestation key, for *model* when one is named (DER)."""
        extension = b"\x04\x10" + model.bytes if model else None
        made = self._certificate(key, "Authenticator Attestation", ca=False, model=extension, expired=expired)
        return made.public_bytes(Encoding.DER)

    def _certificate(
        self,
        key: ec.EllipticCurvePrivateKey,
        name: str,
        *,
        ca: bool,
        model: bytes | None = None,
        expired: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=800))
            .not_valid_after(now + timedelta(days=-400 if expired else 400))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if model is not None:
            oid = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, model), critical=False)
        return builder.sign(self.root_key, hashes.SHA256())


@dataclass
class SoftPasskey:
    """One key. ``create`` and ``get`` answer options as a browser would, with what a test changes."""

    aaguid: UUID = MODEL
    verifies_user: bool = True
    synced: bool = False
    counter: int = 1
    origin: str = ORIGIN
    rp_id: str = RP_ID
    user_handle: bytes = b""

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)

    def create(
        self, options: str, *, maker: Maker | None = None, form: str = "packed", **changes: Any
    ) -> str:
        """Answer ``navigator.credentials.create``; with a *maker* its certificate goes along."""
        asked = json.loads(options)
        self.user_handle = base64url_to_bytes(asked["user"]["id"])
        client_data = self._client_data("webauthn.create", asked["challenge"], changes)
        data = self._authenticator_data(AT) + self._attested()
        statement: dict[str, Any] = {}
        if form == "packed":
            vouched = ec.generate_private_key(ec.SECP256R1()) if maker else self.key
            signed = data + hashlib.sha256(client_data).digest()
            statement = {"alg": -7, "sig": vouched.sign(signed, ECDSA)}
            if maker:
                named = changes.get("certified_model", self.aaguid)
                statement["x5c"] = [maker.vouch(vouched, named, expired=changes.get("expired", False))]
        attestation = cbor2.dumps({"fmt": form, "attStmt": statement, "authData": data})
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(client_data),
                "attestationObject": bytes_to_base64url(attestation),
                "transports": ["usb", "hybrid", "telepathy"],
            }
        )

    def get(self, options: str, **changes: Any) -> str:
        """Answer ``navigator.credentials.get``."""
        asked = json.loads(options)
        client_data = self._client_data("webauthn.get", asked["challenge"], changes)
        data = self._authenticator_data(0)
        signature = changes.get("signer", self.key).sign(data + hashlib.sha256(client_data).digest(), ECDSA)
        handle = changes.get("user_handle", self.user_handle)
        response = {
            "clientDataJSON": bytes_to_base64url(client_data),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
        }
        if handle is not None:
            response["userHandle"] = bytes_to_base64url(handle)
        return self._answer(response)

    def _answer(self, response: dict[str, Any]) -> str:
        own = bytes_to_base64url(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})

    def _client_data(self, kind: str, challenge: str, changes: dict[str, Any]) -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(data | changes.get("client_data", {})).encode()

    def _authenticator_data(self, more: int) -> bytes:
        flags = UP | more | (UV if self.verifies_user else 0) | (BE | BS if self.synced else 0)
        head = hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)
        if self.counter:
            self.counter += 1
        return head

    def _attested(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        return self.aaguid.bytes + struct.pack(">H", len(self.id)) + self.id + public
