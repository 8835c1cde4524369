"""The route under which the federation finds a relying party (OpenID Federation 1.0 §9); part of ``TongxingFlask``."""

import time
from collections.abc import Callable, Iterable

import flask
from flask.typing import ResponseReturnValue

from tongxing_client import client_metadata, entity_configuration, errors
from tongxing_client.entity import Entity

_LONGEST_CACHE = 300


def make(
    entity: Entity, site_url: str, scope: Iterable[str], now: Callable[[], float] = time.time
) -> flask.Blueprint:
    """``/.well-known/openid-federation``; asked again with its ``ETag``, 304 says that nothing has changed."""
    if entity.entity_id != site_url:
        raise errors.WrongSettings("entity_id is not the address of this site: nobody would find it there")
    metadata = client_metadata.describe(entity, site_url=site_url, scope=scope)
    configuration = entity_configuration.EntityConfiguration(entity, metadata, now)
    routes = flask.Blueprint("tongxing_entity", __name__)

    @routes.get(entity_configuration.PATH)
    def openid_federation() -> ResponseReturnValue:
        signed = configuration.current()
        response = flask.Response(signed.token, mimetype=entity_configuration.MEDIA_TYPE)
        response.set_etag(signed.etag, weak=True)
        response.cache_control.max_age = max(0, min(_LONGEST_CACHE, int(signed.renew_at - now())))
        return response.make_conditional(flask.request)

    return routes
