"""Believable contexts for logins from another province."""

from tests.templates.cast import Cast
from tests.templates.sample import Sample


def provinces(cast: Cast) -> list[Sample]:
    """Choosing a province, coming back, logging out."""
    journey = {"rp": cast.province, "back_url": "/authorize/cancel?ticket=Zx81"}
    jiangsu = {
        "id": "https://id.js.example.cn",
        "division": "320000",
        "name": cast.say("江苏省", "Jiangsu"),
        "is_home": True,
    }
    others = [
        jiangsu,
        *(
            {"id": f"https://{code}.example.cn", "division": code, "name": name, "is_home": False}
            for code, name in (
                ("310000", cast.say("上海市", "Shanghai")),
                ("340000", cast.say("安徽省", "Anhui")),
                ("540000", cast.say("西藏自治区", "Tibet Autonomous Region")),
            )
        ),
    ]
    choose = {**journey, "action": "/login/province", "login_url": "/login", "provinces": others}
    refused = {
        "": cast.say(
            "江苏省无法确认此服务需要的等级", "Jiangsu cannot confirm the level that this service needs"
        )
    }
    home = {"id": jiangsu["id"], "name": jiangsu["name"], "action": "/login/province"}
    login = {**journey, "action": "/login", "province_url": "/login/province", "qr_url": "/login/qr"}
    return [
        Sample("province-login", "province_login.html", choose),
        Sample("province-login-none", "province_login.html", {**choose, "provinces": []}),
        Sample(
            "province-login-refused",
            "province_login.html",
            {**choose, "errors": refused, "prove_url": "/authorize/x"},
        ),
        Sample("login-from-home", "login.html", {**login, "home": {**home, "again": False}}),
        Sample("login-raise-at-home", "login.html", {**login, "home": {**home, "again": True}}),
        Sample(
            "logged-out-home",
            "logged_out.html",
            {
                "rp": None,
                "sites": [{"id": "city", "name": cast.city.name, "state": "done"}],
                "frontchannel_uris": [],
                "home": {"name": jiangsu["name"], "url": "https://id.js.example.cn/end_session"},
            },
        ),
        Sample(
            "reauthenticate-from-home",
            "account/reauthenticate.html",
            {
                "person": cast.person,
                "action": "/account/reauthenticate",
                "reason": None,
                "username": "",
                "takes_password": False,
                "needs_code": False,
                "from_home": True,
                "recovery_url": "/recovery",
                "back_url": "/account",
            },
        ),
    ]
