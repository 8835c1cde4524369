"""Believable contexts for a person's own page at a glance."""

from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample
from tests.templates.timeline_samples import entries


def overview(cast: Cast) -> list[Sample]:
    """All is well; much to look at; an official; a newcomer."""
    say = cast.say
    citizen = {
        **_account(cast, username="zhangwei", phone_masked="+86 138 **** 8000"),
        "entries": entries(cast)[:3],
        "sites": [cast.province, cast.city, cast.county],
        "sessions_count": 2,
        "unread": 3,
    }
    level = {"number": 3, "name": say("高级", "substantial"), "session": 3}
    counter = {
        "number": 4,
        "name": say("现场/证书", "in person"),
        "ways": [[say("政务窗口", "Government window")]],
    }
    second = {
        "number": 2,
        "name": say("中级", "low"),
        "ways": [[say("人口库核验", "Population register")], [say("村居担保", "Somebody answers for you")]],
    }
    return [
        Sample("account-overview", "account/overview.html", {**citizen, "level": {**level, "next": counter}}),
        Sample(
            "account-overview-much",
            "account/overview.html",
            {
                **citizen,
                "level": {**level, "session": 2, "next": counter},
                "attention": [
                    _line(
                        "recovery",
                        "warning",
                        say("有人正在找回这个账号", "Somebody is recovering this account"),
                        say("不是您本人？点开查看并阻止。", "Was it not you? Look and stop it."),
                    ),
                    _line(
                        "mandates",
                        "people",
                        say("等您答复的授权：2 项", "Mandates that wait for your answer: 2"),
                        say("请表示同意或不同意。", "Say yes or no. Nobody acts for you before."),
                    ),
                    _line(
                        "evidence",
                        "shield",
                        say(
                            "您的一项实名证明将于 2026年4月1日 到期",
                            "A proof of your name runs out on April 1, 2026",
                        ),
                        say(
                            "人脸核验：请更新，以保持您的等级。", "Face: renew it, so that your level stays."
                        ),
                    ),
                ],
            },
        ),
        Sample(
            "account-overview-new",
            "account/overview.html",
            {
                **_account(cast, username=None, phone_masked=None),
                "level": {"number": 1, "name": say("初级", "basic"), "session": 1, "next": second},
                "attention": [
                    _line(
                        "second-factor",
                        "key",
                        say("让账号更安全", "Make your account safer"),
                        say("有了手机验证码，光凭密码谁也进不来。", "Nobody gets in by your password alone."),
                    )
                ],
            },
        ),
        Sample(
            "account-overview-official",
            "account/overview.html",
            {**_account(cast, username="sunli", phone_masked=None), "is_official": True, "level": None},
        ),
    ]


def _account(cast: Cast, **facts: Any) -> dict[str, Any]:
    about = {"name": cast.person.name, "created_at": MORNING if facts["username"] else NOON, **facts}
    nothing: dict[str, Any] = {"attention": [], "entries": [], "sites": [], "sessions_count": 1, "unread": 0}
    return {"person": cast.person, "account": about, **nothing}


def _line(code: str, sign: str, title: str, text: str) -> dict[str, str]:
    return {"code": code, "sign": sign, "title": title, "text": text, "url": "/account/x"}
