"""A provider that really listens, out of the box: SQLite, its worker inside."""

from collections.abc import Iterator

import pytest

from tests.integration.listening import Listening
from tests.services.deployment import Deployment


@pytest.fixture(scope="session")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One `idp serve` for the run."""
    deployment = Deployment(tmp_path_factory.mktemp("listening"))
    deployment.idp("init")
    try:
        served = deployment.serve()
        served.wait_until_ready("/readyz")
        found = Listening(deployment)
        yield found
        found.close()
    finally:
        deployment.stop()
