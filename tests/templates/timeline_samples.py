"""Believable contexts for the timeline and for "this was not me"."""

from datetime import datetime, timedelta
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

YESTERDAY = MORNING - timedelta(days=1)


def timeline(cast: Cast) -> list[Sample]:
    """The pages of the timeline."""
    mine: dict[str, Any] = {"person": cast.person}
    kinds = [
        ("login", "登录", "Logins"),
        ("release", "数据提供", "Data shared"),
        ("mandate", "授权", "Mandates"),
        ("look_up", "工作人员", "Officials"),
        ("failed", "登录失败", "Failed logins"),
        ("change", "变更", "Changes"),
    ]
    choices = [{"code": code, "name": cast.say(zh, en)} for code, zh, en in kinds]
    listed = entries(cast)
    shown = {"kinds": choices, "kind": "", "today": NOON.date(), "older_url": None, "newest_url": None}
    return [
        Sample(
            "account-timeline",
            "account/timeline.html",
            {
                **mine,
                **shown,
                "days": [
                    {"date": NOON.date(), "entries": listed[:4]},
                    {"date": YESTERDAY.date(), "entries": listed[4:]},
                ],
                "older_url": "/account/timeline?before=x",
            },
        ),
        Sample(
            "account-timeline-empty",
            "account/timeline.html",
            {**mine, **shown, "kind": "look_up", "days": [], "newest_url": "/account/timeline"},
        ),
        Sample(
            "account-timeline-entry",
            "account/timeline_entry.html",
            {**mine, "entry": listed[1], "back_url": "/account/timeline"},
        ),
        Sample(
            "account-timeline-look-up",
            "account/timeline_entry.html",
            {**mine, "entry": listed[4], "back_url": "/account/timeline"},
        ),
        Sample(
            "account-timeline-mandate",
            "account/timeline_entry.html",
            {**mine, "entry": listed[6], "back_url": "/account/timeline"},
        ),
        Sample(
            "account-not-me",
            "account/not_me.html",
            {
                **mine,
                "entry": listed[1],
                "event_id": "x",
                "action": "/account/not-me",
                "back_url": "/account/timeline",
            },
        ),
        Sample(
            "account-not-me-done",
            "account/not_me_done.html",
            {**mine, "has_password": True, "phone_masked": "+86 138 **** 8000"},
        ),
        Sample(
            "account-not-me-done-without",
            "account/not_me_done.html",
            {**mine, "has_password": False, "phone_masked": None},
        ),
    ]


def entry(name: str, kind: str, sign: str, title: str, at: datetime, **values: Any) -> dict[str, Any]:
    """Return an entry as `idp.pages.timeline_entry` shows it."""
    empty: dict[str, Any] = {
        "times": 1,
        "first_at": at,
        "site": "",
        "site_url": None,
        "device": None,
        "ways": "",
        "network": "",
        "is_here": False,
        "failure": "",
        "received": [],
        "may_receive": [],
        "matters": [],
        "for_whom": None,
        "office": None,
        "reason": None,
        "is_look_up": kind == "look_up",
        "is_failed": kind == "failed",
        "not_me_url": None if kind == "look_up" else "/account/not-me?event=x",
    }
    about = {"name": name, "kind": kind, "sign": sign, "title": title, "at": at}
    number = "0195c7a2-4f10-7c3e-9b1d-2a6f0c5e8d11"
    return {**empty, "id": number, "url": f"/account/timeline/{number}", **about, **values}


def entries(cast: Cast) -> list[dict[str, Any]]:
    """Return a day and the one before."""
    province, city = cast.province, cast.city
    return [
        entry(
            "code.issued",
            "release",
            "paper",
            cast.say(f"您使用了{province.name}", f"You used {province.name}"),
            NOON,
            site=province.name,
            site_url="/account/services/province-portal",
            received=["name", "phone_number"],
            times=3,
        ),
        entry(
            "session.started",
            "login",
            "key",
            cast.say("您登录了", "You logged in"),
            NOON - timedelta(minutes=4),
            device="Chrome · Windows",
            ways=cast.say("密码和App验证码", "password and code from the app"),
            network=cast.say("来自互联网", "from the internet"),
            is_here=True,
        ),
        entry(
            "login.failed",
            "failed",
            "warning",
            cast.say("有人尝试登录，没有成功", "Somebody tried to log in and did not get in"),
            NOON - timedelta(minutes=9),
            device="Safari · iPhone",
            failure=cast.say("密码不对", "The password was wrong"),
            times=2,
        ),
        entry(
            "passkey.added",
            "change",
            "shield",
            cast.say("添加了一个通行密钥", "A passkey was added"),
            MORNING,
        ),
        entry(
            "console.viewed",
            "look_up",
            "eye",
            cast.say("工作人员查询了您的账号", "An official looked up your account"),
            YESTERDAY,
            office=cast.say(
                "西湖区政务服务中心 · 浙江省杭州市西湖区", "Xihu District Government Service Centre · Xihu"
            ),
            reason=cast.say("本人来电询问认证进度", "The person called about their proof of name"),
        ),
        entry(
            "consent.withdrawn",
            "release",
            "paper",
            cast.say(f"您撤回了给{city.name}的同意", f"You took back what you had allowed {city.name}"),
            YESTERDAY,
            site=city.name,
            site_url="/account/services/city-fund",
            may_receive=["phone_number"],
        ),
        entry(
            "mandate.used",
            "mandate",
            "people",
            cast.say("刘洋代您办了事", "Liu Yang acted for you"),
            YESTERDAY,
            matters=[cast.say("社保参保查询", "Social insurance records")],
        ),
    ]
