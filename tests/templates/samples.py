"""Believable contexts for every template, in both languages: what the views would give them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """One way a template can look: a name for the picture, the template, its context."""

    name: str
    template: str
    context: Context = field(default_factory=dict)


def _thing(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**values)


MORNING = datetime(2026, 3, 9, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 3, 9, 4, 40, tzinfo=UTC)


def samples(locale: str) -> list[Sample]:  # noqa: PLR0915 -- a list of samples, one after the other
    """Return every template with contexts in the person's language."""

    def say(zh: str, en: str) -> str:
        return en if locale == "en" else zh

    rp = _thing(
        name=say("浙江社保服务", "Zhejiang social insurance"),
        organization=say("浙江省人力资源和社会保障厅", "Zhejiang Department of Human Resources and Social Security"),
        division_name=say("浙江省", "Zhejiang Province"),
        logo_uri=None,
        client_uri="http://localhost:8001/",
    )
    fund = _thing(
        id="city-fund",
        name=say("杭州住房公积金", "Hangzhou housing fund"),
        organization=say("杭州住房公积金管理中心", "Hangzhou Housing Provident Fund Centre"),
        client_uri="http://localhost:8002/",
    )
    registry = _thing(
        id="county-registry",
        name=say("西湖区不动产登记", "Xihu property registration"),
        organization=say("杭州市规划和自然资源局西湖分局", "Xihu Branch, Hangzhou Planning and Natural Resources"),
        client_uri=None,
    )
    person = _thing(name=say("张伟", "Zhang Wei"))
    here = _thing(
        id="0195-1",
        device="Chrome · Windows",
        kind="desktop",
        place="203.0.113.7",
        signed_in_at=MORNING,
        last_seen_at=NOON,
        current=True,
        methods=["pwd", "otp", "mfa"],
        sites=[rp.name, fund.name],
    )
    elsewhere = _thing(
        id="0195-2",
        device="Safari · iPhone",
        kind="phone",
        place=None,
        signed_in_at=MORNING,
        last_seen_at=MORNING,
        current=False,
        methods=["pwd"],
        sites=[],
    )
    journey = {"rp": rp, "action": "/login?ticket=Zx81", "back_url": "/authorize/cancel?ticket=Zx81"}
    mine = {"person": person, "action": "/account/x"}
    wrong_password = say("用户名或密码不正确", "The user name or the password is not right")
    wrong_code = say("验证码不正确", "The code is not right")
    return [
        Sample("home", "home.html", {"login_url": "/login", "sign_up_url": "/sign-up"}),
        Sample("home-signed-in", "home.html", {"login_url": "/login", "sign_up_url": None, "person": person}),
        Sample("login", "login.html", {**journey, "sign_up_url": "/sign-up"}),
        Sample(
            "login-wrong",
            "login.html",
            {
                **journey,
                "sign_up_url": "/sign-up",
                "errors": {
                    "": wrong_password,
                    "password": say("请输入密码", "Enter your password"),
                },
                "values": {"identifier": "zhangwei"},
            },
        ),
        Sample("login-again", "login.html", {**journey, "reauthenticating": True, "values": {"identifier": "zhangwei"}}),
        Sample("login-alone", "login.html", {"action": "/login", "rp": None, "sign_up_url": "/sign-up", "sandbox": True}),
        Sample(
            "second-factor",
            "second_factor.html",
            {**journey, "method": "totp", "switch_url": "?method=recovery_code", "account_name": person.name},
        ),
        Sample(
            "second-factor-wrong",
            "second_factor.html",
            {**journey, "method": "totp", "switch_url": "?method=recovery_code", "errors": {"code": wrong_code}},
        ),
        Sample("recovery-code", "second_factor.html", {**journey, "method": "recovery_code", "switch_url": "?method=totp"}),
        Sample(
            "sign-up-phone",
            "sign_up_phone.html",
            {**journey, "login_url": "/login", "privacy_url": "/privacy", "values": {"phone": "138 0013 8000"}},
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
                "values": {"name": person.name, "username": "zhangwei"},
                "errors": {
                    "username": say("该用户名已被使用，请换一个", "This user name is taken. Choose another one"),
                    "password": say("密码至少需要 8 个字符", "The password needs at least 8 characters"),
                },
            },
        ),
        Sample(
            "choose-account",
            "choose_account.html",
            {
                **journey,
                "accounts": [_thing(id="0195", name=person.name, detail="zhangwei", signed_in_at=MORNING)],
            },
        ),
        Sample(
            "consent",
            "consent.html",
            {
                **journey,
                "account_name": person.name,
                "purpose": say("查询本人社会保险参保和待遇记录", "Show you your own social insurance records"),
                "controller": None,
                "expires_at": datetime(2027, 3, 9, tzinfo=UTC),
                "privacy_url": "http://localhost:8001/privacy",
                "already": [],
                "items": [
                    _thing(name="name", label=None, description=None, required=True, checked=True),
                    _thing(name="locale", label=None, description=None, required=True, checked=True),
                    _thing(name="phone_number", label=None, description=None, required=False, checked=True),
                    _thing(name="offline_access", label=None, description=None, required=False, checked=False),
                    _thing(
                        name="insured_person_number",
                        label=say("个人社保编号", "Insured person number"),
                        description=say("用于核对参保记录。", "To find your records."),
                        required=False,
                        checked=False,
                        sensitive=True,
                    ),
                ],
            },
        ),
        Sample(
            "consent-more",
            "consent.html",
            {
                **journey,
                "account_name": person.name,
                "purpose": say("办理进度短信提醒", "Tell you by message how your case goes on"),
                "controller": say("浙江省大数据发展管理局", "Zhejiang Data Administration"),
                "expires_at": None,
                "privacy_url": None,
                "already": [say("姓名", "Name"), say("语言", "Language")],
                "items": [_thing(name="phone_number", label=None, description=None, required=True, checked=True)],
            },
        ),
        Sample(
            "logout",
            "logout.html",
            {
                "rp": rp,
                "action": "/end_session",
                "account_name": person.name,
                "sites": [rp, fund, registry],
                "hidden": [("state", "af0ifjsldkj")],
                "values": {"scope": "everywhere"},
            },
        ),
        Sample(
            "logout-wrong",
            "logout.html",
            {
                "rp": rp,
                "action": "/end_session",
                "account_name": None,
                "sites": [],
                "values": {"scope": "here"},
                "errors": {"scope": say("请选择退出范围", "Choose whether to log out here or everywhere")},
            },
        ),
        Sample("logout-alone", "logout.html", {"rp": None, "action": "/end_session", "sites": [fund]}),
        Sample(
            "logged-out",
            "logged_out.html",
            {
                "rp": rp,
                "sites": [
                    _thing(id="province-portal", name=rp.name, state="done"),
                    _thing(id="city-fund", name=fund.name, state="pending"),
                    _thing(id="county-registry", name=registry.name, state="failed"),
                ],
                "frontchannel_uris": ["/frontchannel"],
                "return_url": "http://localhost:8001/",
                "progress_url": "/progress",
                "refresh_url": "/end_session/done",
            },
        ),
        Sample("logged-out-alone", "logged_out.html", {"rp": None, "sites": [], "frontchannel_uris": []}),
        Sample(
            "error-site",
            "error.html",
            {
                "error": "invalid_client",
                "trace_id": "019f2b7c6d1e",
                "detail": "redirect_uri is not registered for this client",
                "back_url": None,
            },
        ),
        Sample("error-expired", "error.html", {"error": "journey_expired", "trace_id": "019f2b7c6d1f", "rp": rp}),
        Sample(
            "error-too-many",
            "error.html",
            {"error": "too_many_requests", "trace_id": "019f2b7c6d20", "retry_after_minutes": 5},
        ),
        Sample("error-unknown-code", "error.html", {"error": "no_such_code", "trace_id": "019f2b7c6d21"}),
        Sample(
            "error-own-words",
            "error.html",
            {
                "error": "forbidden",
                "trace_id": "019f2b7c6d22",
                "title": say("此账号已停用", "This account is closed"),
                "message": say("请到服务窗口办理。", "Go to a service counter."),
                "next_steps": [say("带上身份证件", "Bring your identity card")],
            },
        ),
        Sample("unavailable", "unavailable.html", {"trace_id": "019f2b7c6d23"}),
        Sample(
            "form-post",
            "form_post.html",
            {"rp": rp, "action": "/frontchannel", "params": [("code", "SplxlOBeZQQYbYS6WxSbIA"), ("state", "<&>")]},
        ),
        Sample(
            "account-overview",
            "account/overview.html",
            {
                **mine,
                "account": _thing(
                    name=person.name, username="zhangwei", phone_masked="+86 138 **** 8000", created_at=MORNING
                ),
                "sessions_count": 2,
                "totp_enrolled": True,
                "recovery_codes_left": 9,
                "sites": [rp, fund, registry],
            },
        ),
        Sample(
            "account-overview-new",
            "account/overview.html",
            {
                **mine,
                "account": _thing(name=person.name, username=None, phone_masked=None, created_at=NOON),
                "sessions_count": 1,
                "totp_enrolled": False,
                "recovery_codes_left": 0,
                "sites": [],
            },
        ),
        Sample(
            "account-overview-few-codes",
            "account/overview.html",
            {
                **mine,
                "account": _thing(name=person.name, username="zhangwei", phone_masked=None, created_at=NOON),
                "sessions_count": 1,
                "totp_enrolled": True,
                "recovery_codes_left": 1,
                "sites": [fund],
            },
        ),
        Sample(
            "account-sessions",
            "account/sessions.html",
            {
                **mine,
                "sessions": [here, elsewhere],
                "end_others_action": "/account/sessions/end-others",
                "notice": say("该会话已结束", "This session is ended"),
            },
        ),
        Sample(
            "account-end-session",
            "account/end_session_confirm.html",
            {**mine, "session": elsewhere, "back_url": "/account/sessions"},
        ),
        Sample(
            "account-methods",
            "account/sign_in_methods.html",
            {
                **mine,
                "password_changed_at": MORNING,
                "totp": _thing(enrolled_at=MORNING, last_used_at=NOON),
                "recovery_codes_left": 9,
                "phone_masked": "+86 138 **** 8000",
                "remove_totp_action": "/account/totp/remove",
            },
        ),
        Sample(
            "account-methods-password-only",
            "account/sign_in_methods.html",
            {
                **mine,
                "password_changed_at": None,
                "totp": None,
                "recovery_codes_left": 0,
                "phone_masked": None,
                "remove_totp_action": None,
            },
        ),
        Sample(
            "account-totp",
            "account/totp_enrol.html",
            {
                **mine,
                "qr_url": "/qr.svg",
                "secret_groups": ["JBSW", "Y3DP", "EHPK", "3PXP", "JBSW", "Y3DP", "EHPK", "3PXP"],
                "otpauth_uri": "otpauth://totp/Tongxing:zhangwei?secret=JBSWY3DPEHPK3PXP&issuer=Tongxing",
                "account_label": "zhangwei",
                "issuer_label": "Tongxing",
                "back_url": "/account/sign-in-methods",
            },
        ),
        Sample(
            "account-codes",
            "account/recovery_codes.html",
            {
                **mine,
                "codes": [f"{number:04d}-Q7MK-{number * 7919 % 9973:04d}" for number in range(1207, 2207, 100)],
                "codes_left": 10,
                "continue_url": "/account/sign-in-methods",
            },
        ),
        Sample(
            "account-codes-left",
            "account/recovery_codes.html",
            {**mine, "codes": [], "codes_left": 3, "continue_url": "/account/sign-in-methods"},
        ),
        Sample(
            "account-password",
            "account/change_password.html",
            {
                **mine,
                "username": "zhangwei",
                "min_length": 8,
                "back_url": "/account/sign-in-methods",
                "errors": {"current_password": say("当前密码不正确", "The present password is not right")},
                "values": {"end_others": ""},
            },
        ),
        Sample(
            "account-reauthenticate",
            "account/reauthenticate.html",
            {
                **mine,
                "reason": None,
                "username": "zhangwei",
                "needs_code": True,
                "back_url": "/account/sign-in-methods",
            },
        ),
    ]
