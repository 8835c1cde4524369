"""An application on each database."""

from tests.ground import app, database_url

__all__ = ["app", "database_url"]
