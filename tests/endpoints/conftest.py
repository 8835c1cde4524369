"""Entities elsewhere, for the endpoints of the federation."""

from tests.federation.conftest import elsewhere, trusting

__all__ = ["elsewhere", "trusting"]
