"""What generator and deployment agree on: the relying party, the people, and how one measurement is asked for."""

import json
from dataclasses import asdict, dataclass
from typing import Any

CLIENT_ID = "bench"
CLIENT_SECRET = "bench-7Qm2vX9sK4tR8wZ1yB6nC3dF5gH0jL2p"
REDIRECT_URI = "http://localhost:9/callback"
SCOPE = "openid profile offline_access"
PASSWORD = "Bench-password-2026"
PEOPLE = 64


def username(number: int) -> str:
    """Return the user name of one of the people."""
    return f"bench{number % PEOPLE:03d}"


def people() -> str:
    """Return the people as `idp accounts import` takes them."""
    return json.dumps(
        [{"username": username(number), "name": "压测", "password": PASSWORD} for number in range(PEOPLE)]
    )


def relying_parties() -> str:
    """Return the relying party as `idp relying-parties import` takes it; nobody is asked for consent."""
    document = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "client_name": "Benchmark",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": SCOPE,
        "legal_basis": "statutory_duty",
    }
    return json.dumps([document])


@dataclass(frozen=True)
class Plan:
    """One measurement: which operation, against which port, by how many connections, for how long at most."""

    operation: str
    port: int
    connections: int
    seconds: float
    most: int = 200_000


@dataclass(frozen=True)
class Measured:
    """What came of it. Latencies in milliseconds; ``generator_cpu`` near 1 means that the generator was the limit."""

    count: int
    failures: int
    seconds: float
    p50: float
    p99: float
    generator_cpu: float
    first_failure: str = ""

    @property
    def per_second(self) -> float:
        """Return completed operations per second."""
        return self.count / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return plain values for the report."""
        return asdict(self) | {"per_second": round(self.per_second, 1)}
