"""The tables of the settings file, one class each; `idp.settings` reads them.

The descriptions are the documentation: `idp settings example` prints them.
One more table: a class here, a field of `idp.settings.Settings`.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

Seconds = Annotated[int, Field(ge=1, le=10 * 365 * 86_400)]


class Section(BaseModel):
    """A table of settings: unknown names are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lifetimes(Section):
    """How long things live, in seconds."""

    code: Seconds = Field(
        60, description="Authorization code (RFC 6749 §4.1.2 recommends at most 600).", le=600
    )
    pushed_request: Seconds = Field(
        120,
        description="A pushed authorization request waits for its browser (RFC 9126 §2.2).",
        ge=60,
        le=600,
    )
    access_token: Seconds = Field(300, description="Access token.", le=3600)
    id_token: Seconds = Field(300, description="ID token.", le=3600)
    refresh_token: Seconds = Field(30 * 86_400, description="Refresh token family, without any use.")
    refresh_grace: Seconds = Field(60, description="A rotated refresh token still works this long.", le=600)
    journey: Seconds = Field(1800, description="A login that was begun may be finished this long.")
    journey_untouched: Seconds = Field(900, description="The same, while nobody has given a password yet.")
    reauthentication: Seconds = Field(
        300, description="How fresh a login must be to change ways of signing in."
    )
    phone_restore: Seconds = Field(
        7 * 86_400, description="After a change of the phone, its old number can take that back this long."
    )
    account_closing: Seconds = Field(
        15 * 86_400,
        description="An account closes this long after its owner asked; until then the owner can keep it.",
        le=90 * 86_400,
    )
    phone_code: Seconds = Field(300, description="Code sent to a phone.", le=1800)
    qr_login: Seconds = Field(
        43_200, description="How fresh a phone's login must be to let another screen in by QR code."
    )
    key_rotation: Seconds = Field(90 * 86_400, description="A signing key is current this long.")
    federation_key_rotation: Seconds = Field(
        365 * 86_400, description="A federation key of an authority hosted here signs this long."
    )
    key_overlap: Seconds = Field(
        7 * 86_400,
        description="The next key is published this long before, a retired one kept this long after.",
    )


class Limits(Section):
    """How often something may be tried; windows in seconds."""

    login_failures_per_account: int = Field(10, ge=1, description="Wrong passwords from unknown devices.")
    login_failures_window: Seconds = Field(900, description="The window for these.")
    login_attempts_per_address: int = Field(
        300, ge=1, description="Login attempts of one address in a minute."
    )
    code_attempts: int = Field(5, ge=1, description="Wrong one-time codes per account and window.")
    code_window: Seconds = Field(300, description="The window for these.")
    code_attempts_day: int = Field(50, ge=1, description="Wrong one-time codes per account in a day.")
    phone_codes_per_number: int = Field(5, ge=1, description="Codes sent to one phone number in an hour.")
    phone_codes_per_number_day: int = Field(10, ge=1, description="Codes sent to one phone number in a day.")
    phone_codes_per_address: int = Field(20, ge=1, description="Codes asked for by one address in an hour.")
    qr_codes_per_address: int = Field(120, ge=1, description="QR codes shown at one address in a minute.")
    recoveries_per_address: int = Field(
        30,
        ge=1,
        description="Tickets tried and identities given at one address in an hour, to recover an account.",
    )
    new_journeys_per_address: int = Field(600, ge=1, description="Logins begun at one address in a minute.")
    machine_requests_per_rp: int = Field(
        600_000, ge=1, description="Token, introspection and revocation requests of one RP in a minute."
    )
    client_auth_failures: int = Field(
        300, ge=1, description="Failed client authentications of one address a minute."
    )
    proofings_per_person: int = Field(20, ge=1, description="Proofing questions of one person in a day.")
    proofings_per_number: int = Field(
        10, ge=1, description="Proofing questions about one number that is not proven yet, in a day."
    )
    proofings_per_address: int = Field(60, ge=1, description="Proofing questions of one address in an hour.")
    receipt_checks_per_address: int = Field(
        120, ge=1, description="Consent receipts checked from one address in a minute."
    )
    service_look_ups_per_address: int = Field(
        600, ge=1, description="Services looked for at one address in a minute."
    )
    explanations_per_address: int = Field(
        30, ge=1, description="Entities of the federation explained to one address in a minute."
    )
    resolutions_per_address: int = Field(
        600, ge=1, description="Trust chains that one address may have us look up in a minute."
    )
    request_bytes: int = Field(65_536, ge=4096, description="Largest request body that is read.")
    query_bytes: int = Field(16_384, ge=1024, description="Longest query string that is read.")


class Consent(Section):
    """How long a consent holds, a refusal rests and a record is kept, in days (PIPL art. 14, 15; docs/consent.md)."""

    life_days: int = Field(365, ge=1, le=1096, description="A consent is asked for again after this long.")
    rest_days: int = Field(30, ge=0, le=365, description="A refused question is not put again this long.")
    kept_days: int = Field(
        1096,
        ge=1096,
        le=36_500,
        description="A record is kept this long after its end, then deleted with proof.",
    )


class Passwords(Section):
    """Argon2id (RFC 9106) and its gate."""

    memory_kib: int = Field(19_456, ge=8192, description="Argon2id memory in KiB (OWASP: 19 MiB).")
    iterations: int = Field(2, ge=1, description="Argon2id passes.")
    parallelism: int = Field(1, ge=1, description="Argon2id lanes.")
    concurrent: int = Field(
        0, ge=0, description="Hashes at one time in a process; 0: one for each worker's core."
    )
    waiting: int = Field(32, ge=1, description="Logins that may wait for their hash; the next ones get 503.")
    minimum_length: int = Field(10, ge=8, description="Shortest new password, in characters.")
    history: int = Field(
        5, ge=1, le=24, description="Former passwords that may not come again, under the policy djbh3."
    )
    maximum_days: int = Field(
        90, ge=1, le=3650, description="Days after which a password must be changed, under the policy djbh3."
    )


class Serving(Section):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65_535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Processes.")
    threads: int = Field(12, ge=2, le=128, description="Blocking threads of each process.")
    worker_inside: bool = Field(
        True, description="Also run the background worker in the first serve process."
    )
    metrics_token: str = Field("", description="Bearer token for /metrics; empty: loopback may read it.")
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least severe line logged."
    )


class Sms(Section):
    """The SMS gateway (documented interface: docs/sms-gateway.md)."""

    url: str = Field("http://localhost:8010/sms/messages", description="Where messages are posted.")
    token: str = Field("", description="Bearer token for the gateway; empty: none is sent.")
    timeout: float = Field(3.0, gt=0, le=30, description="Seconds to wait for the gateway.")


class Recovery(Section):
    """Recovering an account: how long it waits for a stop from its owner, by proofing level; in seconds."""

    wait_p0: int = Field(3600, ge=0, description="An account without a proven name, P0.")
    wait_p1: int = Field(3600, ge=0, description="A proven phone, P1.")
    wait_p2: int = Field(6 * 3600, ge=0, description="A name equal to the register, P2.")
    wait_p3: int = Field(24 * 3600, ge=0, description="A verified person, P3.")
    wait_p4: int = Field(72 * 3600, ge=0, description="Verified in person or by certificate, P4.")
    wait_lost: int = Field(
        72 * 3600,
        ge=0,
        description="At least this long where app, passkeys and certificates are removed too.",
    )
    life: Seconds = Field(30 * 86_400, description="A recovery that was begun can be completed this long.")


class Registers(Section):
    """The registers that prove names (documented interface: docs/registers.md)."""

    url: str = Field("http://localhost:8010/registers", description="Where the registers answer.")
    token: str = Field("", description="Bearer token for the registers; empty: none is sent.")
    keys_file: str = Field(
        "var/sandbox/registers/jwks.json", description="Public keys (JWKS) that sign the registers' answers."
    )
    timeout: float = Field(3.0, gt=0, le=30, description="Seconds to wait for one answer.")
    attempts: int = Field(
        3, ge=1, le=10, description="How often a question is sent before we give up for now."
    )
    recheck_days: int = Field(
        1, ge=1, le=365, description="Every person and enterprise is asked about this often."
    )


class Federation(Section):
    """The federation (OpenID Federation 1.0): how long statements live, and what fetching them may cost."""

    statement_life: Seconds = Field(
        86_400,
        description="What this deployment signs about an entity holds this long, and so does a county whose province is"
        " away.",
        le=30 * 86_400,
    )
    recheck: Seconds = Field(
        30,
        description="Superiors that run elsewhere are asked again after this long whether they still stand behind a"
        " site in use.",
        le=60,
    )
    fetch_seconds: float = Field(3.0, gt=0, le=30, description="Seconds to wait for one statement.")
    resolve_seconds: float = Field(10.0, gt=0, le=60, description="Seconds for all that one entity needs.")
    statement_bytes: int = Field(
        262_144, ge=16_384, le=4_194_304, description="A longer statement is not read to its end."
    )
    most_superiors: int = Field(8, ge=1, le=100, description="Superiors of one entity that are asked.")
    deepest: int = Field(10, ge=2, le=30, description="Statements of the longest chain that is followed.")
    most_fetches: int = Field(60, ge=4, le=1000, description="Statements fetched for one entity.")
    concurrent: int = Field(
        4, ge=1, le=64, description="Unknown entities looked into at one time in a process."
    )


class Certificates(Section):
    """Client certificates (UKey), forwarded by a proxy as RFC 9440 Client-Cert."""

    authorities_file: str = Field(
        "",
        description="PEM file with the certificate authorities that are believed; empty: the method is off.",
    )
    revocation_file: str = Field(
        "", description="PEM or DER file with their revocation lists; empty: none is checked."
    )
    login_url: str = Field(
        "",
        description="Where the proxy asks browsers for certificates, such as https://id.example.gov.cn:8443 (the"
        " issuer's host, another port); empty: at the issuer itself.",
    )


class Passkeys(Section):
    """Passkeys (WebAuthn): whose attestation is believed, so that a passkey counts as hardware (docs/operators.md)."""

    attestation_roots_file: str = Field(
        "",
        description="PEM file with the root certificates of makers that are believed; empty: no passkey is hwk.",
    )
    trusted_models: tuple[str, ...] = Field(
        (), description="AAGUIDs of the models believed below these roots; empty: all of them."
    )
    refused_models: tuple[str, ...] = Field(
        (), description="AAGUIDs of models that nobody may add or use, known to be broken."
    )
    sandbox_trusts_virtual_authenticator: bool = Field(
        False,
        description="SANDBOX ONLY, DANGEROUS ELSEWHERE: a browser's virtual authenticator, which is software and whose"
        " key everybody knows, counts as trusted hardware (hwk), so that tests reach level 4. Production refuses this.",
    )

    @field_validator("trusted_models", "refused_models")
    @classmethod
    def _check_models(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(UUID(item)) for item in value)
