"""Believable contexts for the pages of logging in and signing up."""

from types import SimpleNamespace as Thing

from tests.templates import consent_samples, method_samples
from tests.templates.cast import MORNING, Cast
from tests.templates.sample import Sample


def others(cast: Cast) -> list[dict[str, str]]:
    """Other second factors of a person who has many."""
    return [
        {
            "id": "method-passkey",
            "url": "?1",
            "icon": "passkey",
            "text": cast.say("使用通行密钥", "Use a passkey"),
        },
        {
            "id": "method-sms",
            "url": "?2",
            "icon": "message",
            "text": cast.say("向我的手机发送验证码", "Send a code to my phone"),
        },
        {
            "id": "method-recovery_code",
            "url": "?3",
            "icon": "paper",
            "text": cast.say("使用恢复码", "Use a recovery code"),
        },
    ]


def logging_in(cast: Cast) -> list[Sample]:
    """The start page and the ways to log in."""
    journey = {
        "rp": cast.province,
        "action": "/login?ticket=Zx81",
        "back_url": "/authorize/cancel?ticket=Zx81",
    }
    return [
        Sample("home", "home.html", {"login_url": "/login", "sign_up_url": "/sign-up"}),
        Sample(
            "home-signed-in", "home.html", {"login_url": "/login", "sign_up_url": None, "person": cast.person}
        ),
        Sample("login", "login.html", {**journey, "sign_up_url": "/sign-up"}),
        Sample(
            "login-wrong",
            "login.html",
            {
                **journey,
                "sign_up_url": "/sign-up",
                "errors": {
                    "": cast.say("用户名或密码不正确", "The user name or the password is not right"),
                    "password": cast.say("请输入密码", "Enter your password"),
                },
                "values": {"identifier": "zhangwei"},
            },
        ),
        Sample(
            "login-again",
            "login.html",
            {**journey, "reauthenticating": True, "values": {"identifier": "zhangwei"}},
        ),
        Sample(
            "login-alone",
            "login.html",
            {"action": "/login", "rp": None, "sign_up_url": "/sign-up", "sandbox": True},
        ),
        Sample(
            "second-factor",
            "second_factor.html",
            {
                **journey,
                "method": "totp",
                "others": others(cast),
                "account_name": cast.person.name,
            },
        ),
        Sample(
            "second-factor-wrong",
            "second_factor.html",
            {
                **journey,
                "method": "totp",
                "others": others(cast),
                "errors": {"code": cast.say("验证码不正确", "The code is not right")},
            },
        ),
        Sample(
            "recovery-code",
            "second_factor.html",
            {**journey, "method": "recovery_code", "others": others(cast)},
        ),
        *method_samples.logging_in(cast, journey, others(cast)),
    ]


def signing_up(cast: Cast) -> list[Sample]:
    """The three steps of signing up."""
    journey = {
        "rp": cast.province,
        "action": "/login?ticket=Zx81",
        "back_url": "/authorize/cancel?ticket=Zx81",
    }
    return [
        Sample(
            "sign-up-phone",
            "sign_up_phone.html",
            {
                **journey,
                "login_url": "/login",
                "privacy_url": "/privacy",
                "values": {"phone": "138 0013 8000"},
            },
        ),
        Sample(
            "sign-up-code",
            "sign_up_code.html",
            {
                **journey,
                "phone_masked": "+86 138 **** 8000",
                "valid_minutes": 5,
                "resend_action": "/sign-up/resend",
                "resend_after_seconds": 60,
                "change_phone_url": "/sign-up",
            },
        ),
        Sample("sign-up-password", "sign_up_password.html", {**journey, "min_length": 8}),
        Sample(
            "sign-up-password-wrong",
            "sign_up_password.html",
            {
                **journey,
                "min_length": 8,
                "values": {"name": cast.person.name, "username": "zhangwei"},
                "errors": {
                    "username": cast.say(
                        "该用户名已被使用，请换一个", "This user name is taken. Choose another one"
                    ),
                    "password": cast.say("密码至少需要 8 个字符", "The password needs at least 8 characters"),
                },
            },
        ),
    ]


def answering(cast: Cast) -> list[Sample]:
    """Choosing an account, agreeing, and going back to the site."""
    journey = {
        "rp": cast.province,
        "action": "/login?ticket=Zx81",
        "back_url": "/authorize/cancel?ticket=Zx81",
    }
    return [
        Sample(
            "choose-account",
            "choose_account.html",
            {
                **journey,
                "accounts": [
                    Thing(id="0195", name=cast.person.name, detail="zhangwei", signed_in_at=MORNING)
                ],
            },
        ),
        *consent_samples.asking(cast),
    ]
