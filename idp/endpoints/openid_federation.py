"""``/.well-known/openid-federation``: what a hosted entity says of itself, the provider too (OpenID Federation 1.0 §9).

Reached below the entity's own identifier: by path, and by host name for entities that have one of their own.
"""

from typing import Any

from idp.endpoints import federation_answer
from idp.federation import hosted_statement
from idp.machine import ENTITY, Answer, Call, Routes


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: the path is fixed."""
    del issuer
    return {}


def openid_federation(call: Call) -> Answer:
    """Answer the entity configuration."""
    found = hosted_statement.find_configuration(call.entity_id)
    return federation_answer.statement(call, found, "no entity of that name is hosted here")


ROUTES: Routes = {f"{ENTITY}/.well-known/openid-federation": {"GET": openid_federation}}
