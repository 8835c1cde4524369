"""Believable contexts for inbox, settings, phone number, export and closing."""

from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

BACK = "/account/settings"


def own(cast: Cast) -> list[Sample]:
    """What a person settles about the account itself."""
    mine = {"person": cast.person, "action": "/account/x"}
    return [
        *_inbox(cast, mine),
        *_settings(cast, mine),
        *_phone(cast, mine),
        *_closing(cast, mine),
        *_export(cast, mine),
    ]


def _inbox(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    security = cast.say("账号安全", "Safety of your account")
    messages = [
        (
            "new_device",
            cast.say(
                "有人在新设备上登录：Chrome · Windows",
                "Somebody logged in on a device that is new here: Chrome · Windows",
            ),
            security,
            True,
        ),
        (
            "looked_up",
            cast.say(
                "西湖区行政服务中心的工作人员查看了您的账号",
                "A member of Xihu service centre looked at your account",
            ),
            cast.say("工作人员查看您的账号", "Officials who looked at your account"),
            True,
        ),
        (
            "statutory_release",
            cast.say(
                "“杭州住房公积金”依法获得了您的信息",
                "Hangzhou housing fund was given data about you by a duty of law",
            ),
            cast.say("依法提供的信息", "Data given by law"),
            False,
        ),
    ]
    shown = [
        {
            "id": f"0190-{number}",
            "name": name,
            "text": text,
            "reason": cast.say("窗口 3 办理，无法登录", "At window 3, cannot log in")
            if name == "looked_up"
            else "",
            "category": category,
            "at": NOON,
            "unread": unread,
            "link": "/account/sessions",
            "is_security": name == "new_device",
        }
        for number, (name, text, category, unread) in enumerate(messages)
    ]
    return [
        Sample(
            "account-inbox",
            "account/inbox.html",
            {
                **mine,
                "notices": shown,
                "unread": 2,
                "older_url": "/account/inbox?before=x",
                "newest_url": None,
            },
        ),
        Sample("account-inbox-empty", "account/inbox.html", {**mine, "notices": [], "unread": 0}),
        Sample(
            "account-inbox-notice",
            "account/inbox_notice.html",
            {**mine, "message": shown[0], "not_me_url": "/account/not-me", "back_url": "/account/inbox"},
        ),
        Sample(
            "account-inbox-look-up",
            "account/inbox_notice.html",
            {**mine, "message": shown[1], "not_me_url": "/account/not-me", "back_url": "/account/inbox"},
        ),
    ]


def _settings(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    rows = [
        (
            "security",
            "账号安全",
            "Safety of your account",
            "新设备登录、密码、手机号、找回账号等。此类通知始终以两种方式发送，不能关闭。",
            "New devices, passwords, phone number, recovery. These always come, by both ways.",
        ),
        (
            "mandate",
            "代他人办事",
            "Acting for others",
            "有人可以代您办事、您可以代他人办事，以及授权结束时。",
            "When somebody may act for you, or you for somebody, and when that ends.",
        ),
        (
            "statutory",
            "依法提供的信息",
            "Data given by law",
            "服务站点依法获得您的信息，或更新个人信息处理规则时。",
            "When a service gets data by a duty of law, or changes its privacy notice.",
        ),
    ]
    return [
        Sample(
            "account-settings",
            "account/settings.html",
            {
                **mine,
                "languages": [("zh-Hans", cast.locale != "en"), ("en", cast.locale == "en")],
                "language_action": "/account/settings/language",
                "notices_action": "/account/settings/notices",
                "here": "/account/settings",
                "categories": [
                    Thing(
                        code=code,
                        name=cast.say(zh, en),
                        hint=cast.say(zh_hint, en_hint),
                        by_sms=code != "statutory",
                        always=code == "security",
                    )
                    for code, zh, en, zh_hint, en_hint in rows
                ],
                "phone_masked": "138****8000",
                "is_citizen": True,
                "closes_at": NOON,
                "errors": {},
            },
        )
    ]


def _phone(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    wrong = cast.say("验证码不正确或已失效", "The code is not right or no longer valid")
    undo = {"action": "/phone/restore/x", "changed_at": MORNING, "phone_masked": "138****8000"}
    states: dict[str, dict[str, bool]] = {
        "open": {"is_open": True},
        "restored": {"is_restored": True},
        "taken": {"is_taken": True},
        "late": {},
    }
    return [
        Sample(
            "account-phone",
            "account/change_phone.html",
            {**mine, "phone_masked": "138****8000", "days": 7, "back_url": BACK, "errors": {}, "values": {}},
        ),
        Sample(
            "account-phone-first",
            "account/change_phone.html",
            {
                **mine,
                "phone_masked": None,
                "days": 7,
                "back_url": BACK,
                "errors": {
                    "phone": cast.say(
                        "请输入手机号，例如 138 0013 8000", "Enter a phone number, for example 138 0013 8000"
                    )
                },
                "values": {"phone": "12"},
            },
        ),
        Sample(
            "account-phone-code",
            "account/change_phone_code.html",
            {
                **mine,
                "phone_masked": "139****0009",
                "valid_minutes": 5,
                "resend_action": "/account/phone/code/resend",
                "resend_after_seconds": 42,
                "back_url": "/account/phone",
                "errors": {"code": wrong},
                "values": {},
            },
        ),
        *[
            Sample(f"restore-phone-{state}", "restore_phone.html", {**undo, **facts})
            for state, facts in states.items()
        ],
    ]


def _closing(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    company = cast.say("杭州示例科技有限公司", "Hangzhou Example Technology Co., Ltd.")
    everything: dict[str, Any] = {
        "days": 15,
        "back_url": BACK,
        "services": [cast.province.name, cast.city.name],
        "represents": [company],
        "guards": [cast.say("刘小明", "Liu Xiaoming")],
        "acts_for": [cast.say(f"张{one}", f"Zhang {number}") for number, one in enumerate("一二三四五六")],
        "represented_by": [cast.say("李娜", "Li Na")],
    }
    nothing: dict[str, list[str]] = {
        "services": [],
        "represents": [],
        "guards": [],
        "acts_for": [],
        "represented_by": [],
    }
    unticked = cast.say("如果要注销账号，请先勾选", "Tick the box if you want to close your account")
    return [
        Sample("account-close", "account/close.html", {**mine, **everything, "errors": {}}),
        Sample(
            "account-close-unticked",
            "account/close.html",
            {**mine, **everything, **nothing, "errors": {"understood": unticked}},
        ),
        Sample("account-keep", "account/keep.html", {**mine, "closes_at": NOON, "back_url": "/account"}),
    ]


def _export(cast: Cast, mine: dict[str, Any]) -> list[Sample]:
    def section(name: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "title": cast.say(zh, en),
            "rows": [],
            "is_empty": False,
            "has_more": False,
            "url": None,
        } | more

    name, since = cast.say("姓名", "Name"), cast.say("添加时间", "Added")
    sections = [
        section(
            "account",
            "关于您",
            "About you",
            rows=[
                [
                    (name, cast.person.name),
                    (
                        cast.say("身份证件", "Identity document"),
                        cast.say("身份证", "Identity card") + " · 11010519491231002X",
                    ),
                ]
            ],
        ),
        section(
            "sign_in_methods",
            "登录方式",
            "Ways to log in",
            rows=[
                [(name, "Chrome · Windows"), (since, "2026-03-09 09:12")],
                [(name, "UKey"), (since, "2026-03-09 12:40")],
            ],
            has_more=True,
        ),
        section("mandates", "授权", "Mandates", is_empty=True),
        section("timeline", "动态", "Timeline", url="/account/timeline"),
    ]
    return [
        Sample(
            "account-export",
            "account/export.html",
            {
                **mine,
                "file_action": "/account/export/file",
                "readable_url": "/account/export/readable",
                "back_url": BACK,
            },
        ),
        Sample(
            "account-export-readable",
            "account/export_readable.html",
            {**mine, "sections": sections, "made_at": NOON, "back_url": "/account/export"},
        ),
    ]
