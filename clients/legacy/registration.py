"""``python -m clients.legacy.registration``: print what the provider registers, for `idp relying-parties import`."""

import json
import os
import sys
from typing import Any

from clients.legacy import settings
from clients.legacy.settings import LegacySettings
from tongxing_client import errors

SCOPE = "openid profile legacy_id"


def metadata(found: LegacySettings) -> dict[str, Any]:
    """RFC 7591 metadata: no secret, and where older accounts are linked."""
    url = found.site_url
    return {
        "client_id": settings.CLIENT_ID,
        "client_name#zh-Hans": "市民卡",
        "client_name#en": "City card",
        "organization_name#zh-Hans": "杭州市市民卡服务中心",
        "organization_name#en": "Hangzhou City Card Centre",
        "division_code": "330100",
        "purpose#zh-Hans": "查询您的市民卡余额和乘车记录",
        "purpose#en": "To show you the balance and the journeys of your city card",
        "legal_basis": "consent",
        "items": [
            {"name": "name", "required": True},
            {
                "name": "legacy_id",
                "required": False,
                "purpose#zh-Hans": "认出您原来的市民卡账号",
                "purpose#en": "To find the card account you had before",
            },
        ],
        "redirect_uris": [f"{url}/callback"],
        "post_logout_redirect_uris": [f"{url}/"],
        "backchannel_logout_uri": f"{url}/backchannel_logout",
        "backchannel_logout_session_required": True,
        "initiate_login_uri": f"{url}/login",
        "security_event_uris": [f"{url}/security_events"],
        "client_uri": f"{url}/",
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": f"{SCOPE} ssf.read ssf.manage",
        "default_acr_values": ["urn:tongxing:loa:1"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [dict(found.key.public_jwk)]},
        "account_linking_uri": f"{url}/link",
        "account_check_uri": f"{url}/account-check",
        "account_check_question#zh-Hans": "卡背面签名栏后的三位数字",
        "account_check_question#en": "The three digits on the back of the card",
    }


def main() -> None:
    """Exit code 1 when the system cannot be set up."""
    try:
        found = settings.read(os.environ)
    except errors.WrongSettings as error:
        print(f"clients.legacy: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    print(json.dumps([metadata(found)], ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
