"""The older system's settings, from the environment (``clients/README.md``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tongxing_client import errors, transport
from tongxing_client.signing_key import SigningKey

CLIENT_ID = "city-card"
PORT = 8005
FOLDER = "var/sandbox/legacy"
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacySettings:
    """What ``read`` found good. ``folder`` holds the key, the database and the secret of its own sessions."""

    issuer: str
    site_url: str
    address: str
    port: int
    folder: Path
    key: SigningKey


def read(environment: Mapping[str, str]) -> LegacySettings:
    """The settings; its key is made when it is not there yet. ``WrongSettings`` says what is wrong."""
    port_text = environment.get("TONGXING_PORT", str(PORT))
    port = int(port_text) if port_text.isascii() and port_text.isdigit() else 0
    if not 0 < port <= _MAX_PORT:
        raise errors.WrongSettings(f"TONGXING_PORT is not a port: {port_text}")
    issuer = environment.get("TONGXING_ISSUER", "http://localhost:8000").strip().rstrip("/")
    site_url = environment.get("TONGXING_LEGACY_URL", f"http://localhost:{port}").strip().rstrip("/")
    for name, url in (("TONGXING_ISSUER", issuer), ("TONGXING_LEGACY_URL", site_url)):
        if not transport.is_safe_url(url):
            raise errors.WrongSettings(f"{name} is not an https URL (http is for this machine only)")
    folder = Path(environment.get("TONGXING_LEGACY_FOLDER", FOLDER))
    try:
        key = SigningKey.of_file(folder / "protocol.pem")
    except (OSError, ValueError):
        raise errors.WrongSettings(f"{folder} cannot be used (TONGXING_LEGACY_FOLDER)") from None
    return LegacySettings(
        issuer=issuer,
        site_url=site_url,
        address=environment.get("TONGXING_BIND", "127.0.0.1"),
        port=port,
        folder=folder,
        key=key,
    )
