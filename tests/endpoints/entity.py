"""Asking a hosted entity: any path below its identifier, by its own host name."""

from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.test import TestResponse

from tests.provider import Provider


def ask(
    provider: Provider, entity_id: str, path: str, *, etag: str = "", **query: str | list[str]
) -> TestResponse:
    """GET a path below the entity."""
    parts = urlsplit(entity_id)
    return provider.app.test_client().get(
        base_url=f"{parts.scheme}://{parts.netloc}",
        query_string=query,
        headers={"If-None-Match": etag} if etag else {},
        # As it stands: the test client takes what begins with // for a host name.
        environ_overrides={"PATH_INFO": unquote_to_bytes(parts.path + path).decode("latin-1")},
    )


def post(provider: Provider, entity_id: str, path: str, **form: str) -> TestResponse:
    """POST a form to a path below the entity."""
    parts = urlsplit(entity_id)
    return provider.app.test_client().post(
        parts.path + path, base_url=f"{parts.scheme}://{parts.netloc}", data=form
    )
