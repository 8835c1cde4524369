"""A deployment seen from the test: its address, its stores, and browsers in front of it."""

from idp.audit.batch import BATCH
from tests.integration.web_browser import WebBrowser
from tests.provider import Provider
from tests.services.deployment import Deployment


class Listening:
    """``provider`` looks into the same stores: it makes people and relying parties."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.issuer = deployment.issuer
        self.provider = Provider(deployment.settings)

    def browser(self, address: str = "") -> WebBrowser:
        """Return a fresh browser; with *address* one that is led there whatever the name says."""
        return WebBrowser(self.issuer, address)

    def close(self) -> None:
        """End the look into the stores."""
        BATCH.of(self.provider.app).flush()
        self.provider.close()
