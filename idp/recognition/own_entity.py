"""What this deployment says of itself as a relying party of other provinces' providers (``openid_relying_party``).

Kept in its own entity's declaration, so that it is signed with its entity configuration; brought up to date by a job
(keys turn) and when it is founded. Nothing happens where this deployment is no entity.
"""

import json
from typing import Any

from idp.federation import hosted_entity
from idp.keys.keyring import KEYRING
from idp.recognition import decryption_key
from idp.recognition import request as requests
from idp.settings import SETTINGS

OPENID_RELYING_PARTY = "openid_relying_party"
# Of our own making: what the anchor seals keys of the identity HMAC for.
ENCRYPTION_JWK = "mutual_recognition_jwk"
BACKCHANNEL = "/recognition/backchannel_logout"
ALGORITHM = "ES256"


def declare() -> bool:
    """Bring the declaration of our own entity up to date; return whether it changed. The caller commits."""
    entity = hosted_entity.find(SETTINGS.get().issuer)
    if entity is None or entity.kind != hosted_entity.PROVIDER:
        return False
    decryption_key.create_missing()
    said = metadata(entity)
    if entity.declared.get(OPENID_RELYING_PARTY) == said:
        return False
    hosted_entity.update(entity.entity_id, declared=entity.declared | {OPENID_RELYING_PARTY: said})
    return True


def metadata(entity: hosted_entity.HostedEntity) -> dict[str, Any]:
    """Return the metadata (docs/relying-parties.md) under which others register us."""
    issuer = SETTINGS.get().issuer
    zh = entity.names.get("zh-Hans") or next(iter(entity.names.values()), issuer)
    en = entity.names.get("en") or zh
    return {
        "client_name#zh-Hans": zh,
        "client_name#en": en,
        "organization_name#zh-Hans": zh,
        "organization_name#en": en,
        "purpose#zh-Hans": "用您本省的账号登录外省政务服务",
        "purpose#en": "To let you use the public services of another province with your own account",
        **({"division_code": entity.division_code} if entity.division_code else {}),
        **({"organization_uscc": entity.organization_uscc} if entity.organization_uscc else {}),
        "legal_basis": "consent",
        "data_retention": "P3Y",
        "items": [
            {
                "name": "name",
                "required": True,
                "purpose#zh-Hans": "办理业务时称呼并核对您",
                "purpose#en": "So that its services know whom they serve",
            },
            {
                "name": requests.JOIN_KEYS,
                "required": True,
                "purpose#zh-Hans": "确认您是同一个人，不提供证件号码",
                "purpose#en": "To know that you are the same person, without your identity number",
            },
        ],
        "client_uri": f"{issuer}/",
        "redirect_uris": [f"{issuer}{requests.CALLBACK}"],
        "post_logout_redirect_uris": [f"{issuer}/"],
        "backchannel_logout_uri": f"{issuer}{BACKCHANNEL}",
        "backchannel_logout_session_required": True,
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": requests.SCOPE,
        "subject_type": "pairwise",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": ALGORITHM,
        "id_token_signed_response_alg": ALGORITHM,
        "client_registration_types": ["automatic"],
        "jwks": {"keys": _signing_keys()},
        ENCRYPTION_JWK: decryption_key.published(),
    }


def _signing_keys() -> list[dict[str, Any]]:
    """Return the public keys with which we authenticate there: those of the provider's tokens, next ones too."""
    keys: list[dict[str, Any]] = json.loads(KEYRING.get().jwks())["keys"]
    return [key for key in keys if key.get("alg") == ALGORITHM]
