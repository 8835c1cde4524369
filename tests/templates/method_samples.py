"""Believable contexts for the pages about ways to log in."""

from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

OPTIONS = '{"challenge": "AAAA", "rpId": "localhost", "allowCredentials": [], "user": {"id": "AAAA"}}'
BACK = "/account/sign-in-methods"


def methods(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    """The list, one of it, and what is asked before something is removed."""
    shown = {"has_password": True, "certificate_url": "/account/certificates", "certificates_offered": True}
    return [
        Sample(
            "account-methods",
            "account/sign_in_methods.html",
            {
                **mine,
                **shown,
                "password_changed_at": MORNING,
                "password_removable": True,
                "passkeys": [_passkey(cast, kind) for kind in ("hardware", "synced", "device")]
                + [_passkey(cast, "device", suspended=True)],
                "certificates": [_certificate(cast, ended) for ended in (None, "revoked", "expired")],
                "totp": Thing(enrolled_at=MORNING, last_used_at=NOON),
                "codes_stand_in": True,
                "recovery_codes_left": 9,
                "phone_masked": "+86 138 **** 8000",
                "changes": [
                    Thing(text=cast.say("添加了一个通行密钥", "A passkey was added"), at=NOON),
                    Thing(text=cast.say("密码已修改", "The password was changed"), at=MORNING),
                ],
            },
        ),
        Sample(
            "account-methods-password-only",
            "account/sign_in_methods.html",
            {
                **mine,
                **shown,
                "password_changed_at": None,
                "password_removable": False,
                "passkeys": [],
                "certificates": [],
                "totp": None,
                "codes_stand_in": False,
                "recovery_codes_left": 0,
                "phone_masked": None,
                "changes": [],
            },
        ),
        Sample(
            "account-methods-no-password",
            "account/sign_in_methods.html",
            {
                **mine,
                **shown,
                "has_password": False,
                "certificates_offered": False,
                "passkeys": [_passkey(cast, "synced")],
                "certificates": [],
                "totp": None,
                "codes_stand_in": True,
                "recovery_codes_left": 0,
                "phone_masked": None,
                "changes": [],
            },
        ),
        Sample(
            "account-passkey-add",
            "account/passkey_add.html",
            {
                **mine,
                "options": OPTIONS,
                "longest": 40,
                "back_url": BACK,
                "values": {"name": "Chrome · Windows"},
            },
        ),
        *(
            Sample(
                f"account-{kind}-one",
                "account/own_authenticator.html",
                {
                    **mine,
                    "kind": kind,
                    "name": cast.say("我的手机", "My phone"),
                    "remove_url": "/account/x/remove",
                    "longest": 40,
                    "back_url": BACK,
                    "values": {"name": cast.say("我的手机", "My phone")},
                },
            )
            for kind in ("passkeys", "certificates")
        ),
        *(
            Sample(
                f"account-remove-{what}",
                "account/confirm_removal.html",
                {
                    **mine,
                    "what": what,
                    "name": cast.say("我的手机", "My phone")
                    if what in {"passkeys", "certificates"}
                    else None,
                    "back_url": BACK,
                },
            )
            for what in ("passkeys", "certificates", "totp", "password")
        ),
        *(
            Sample(
                f"account-certificate-{name}",
                template,
                {**mine, "shown": shown_one, "again_url": "/again", "back_url": BACK, "longest": 40},
            )
            for name, template, shown_one in (
                ("add", "account/certificate_add.html", _shown(cast)),
                ("add-none", "account/certificate_add.html", None),
                ("show", "account/certificate_show.html", _shown(cast)),
            )
        ),
    ]


def proving(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    """Changing a password, and proving once more that it is you."""
    once_more = {
        **mine,
        "reason": None,
        "username": "zhangwei",
        "passkey_action": "/account/x",
        "recovery_url": "/recovery",
        "back_url": BACK,
    }
    return [
        Sample(
            "account-password",
            "account/change_password.html",
            {
                **mine,
                "username": "zhangwei",
                "has_one": True,
                "min_length": 10,
                "policy": "nist",
                "back_url": BACK,
                "errors": {
                    "current_password": cast.say("当前密码不正确", "The present password is not right")
                },
                "values": {"end_others": ""},
            },
        ),
        Sample(
            "account-password-new",
            "account/change_password.html",
            {
                **mine,
                "username": "wujie",
                "has_one": False,
                "min_length": 10,
                "policy": "djbh3",
                "back_url": BACK,
            },
        ),
        Sample(
            "account-reauthenticate",
            "account/reauthenticate.html",
            {
                **once_more,
                "takes_password": True,
                "needs_code": True,
                "code_is_from_app": True,
                "passkey_options": OPTIONS,
                "certificate_url": "/account/reauthenticate/certificate",
            },
        ),
        Sample(
            "account-reauthenticate-code",
            "account/reauthenticate.html",
            {
                **once_more,
                "takes_password": True,
                "needs_code": True,
                "code_is_from_app": False,
                "passkey_options": None,
                "certificate_url": None,
            },
        ),
        Sample(
            "account-reauthenticate-passkey",
            "account/reauthenticate.html",
            {
                **once_more,
                "takes_password": False,
                "needs_code": False,
                "passkey_options": OPTIONS,
                "certificate_url": None,
            },
        ),
    ]


def logging_in(cast: Cast, journey: dict[str, Any], others: list[dict[str, str]]) -> list[Sample]:
    """The ways in beside the password."""
    return [
        Sample(
            "login-all-ways",
            "login.html",
            {
                **journey,
                "sign_up_url": "/sign-up",
                "qr_url": "/login/qr",
                "sms_url": "/login/sms",
                "certificate_url": "/login/certificate",
                "passkey_action": "/login/passkey",
                "passkey_options": OPTIONS,
            },
        ),
        Sample(
            "second-factor-passkey",
            "second_factor_passkey.html",
            {**journey, "options": OPTIONS, "others": [one for one in others if "passkey" not in one["id"]]},
        ),
        Sample(
            "login-certificate",
            "login_certificate.html",
            {**journey, "shown": _shown(cast), "again_url": "/again", "other_url": "/login"},
        ),
        Sample(
            "login-certificate-none",
            "login_certificate.html",
            {
                **journey,
                "shown": None,
                "again_url": "/again",
                "other_url": "/login",
                "errors": {"": cast.say("无法读取证书", "The certificate could not be read")},
            },
        ),
        Sample(
            "expired-password",
            "expired_password.html",
            {**journey, "username": "wujie", "min_length": 10, "days": 90, "policy": "djbh3"},
        ),
    ]


def _passkey(cast: Cast, kind: str, *, suspended: bool = False) -> Thing:
    return Thing(
        id="x",
        name=cast.say("我的手机", "My phone"),
        kind=kind,
        added_at=MORNING,
        last_used_at=NOON if kind == "hardware" else None,
        suspended=suspended,
    )


def _certificate(cast: Cast, ended: str | None) -> Thing:
    return Thing(
        id="x",
        name=cast.say("我的 UKey", "My UKey"),
        subject=cast.say("张伟", "Zhang Wei"),
        issuer=cast.say("浙江省数字证书认证中心", "Zhejiang Certificate Authority"),
        added_at=MORNING,
        last_used_at=None,
        until=NOON,
        ended=ended,
    )


def _shown(cast: Cast) -> Thing:
    return Thing(
        subject=cast.say("苏力", "Su Li"),
        issuer=cast.say("浙江省数字证书认证中心", "Zhejiang Certificate Authority"),
        serial="4F2A",
        until=NOON,
    )
