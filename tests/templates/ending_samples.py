"""Believable contexts for logging out and for errors."""

from types import SimpleNamespace as Thing

from tests.templates.cast import Cast
from tests.templates.sample import Sample


def ending(cast: Cast) -> list[Sample]:
    """Logging out, and what can go wrong."""
    return [
        Sample(
            "logout",
            "logout.html",
            {
                "rp": cast.province,
                "action": "/end_session",
                "account_name": cast.person.name,
                "sites": [cast.province, cast.city, cast.county],
                "hidden": [("state", "af0ifjsldkj")],
                "values": {"scope": "everywhere"},
            },
        ),
        Sample(
            "logout-wrong",
            "logout.html",
            {
                "rp": cast.province,
                "action": "/end_session",
                "account_name": None,
                "sites": [],
                "values": {"scope": "here"},
                "errors": {
                    "scope": cast.say("请选择退出范围", "Choose whether to log out here or everywhere")
                },
            },
        ),
        Sample("logout-alone", "logout.html", {"rp": None, "action": "/end_session", "sites": [cast.city]}),
        Sample(
            "logged-out",
            "logged_out.html",
            {
                "rp": cast.province,
                "sites": [
                    Thing(id="province-portal", name=cast.province.name, state="done"),
                    Thing(id="city-fund", name=cast.city.name, state="pending"),
                    Thing(id="county-registry", name=cast.county.name, state="failed"),
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
        Sample(
            "error-suspended",
            "error.html",
            {
                "error": "site_suspended",
                "trace_id": "3b1f0d5ae2c94b07",
            },
        ),
        Sample(
            "error-unvouched",
            "error.html",
            {
                "error": "federation_refused",
                "trace_id": "8c2e6f17d3a05b94",
            },
        ),
        Sample(
            "error-expired",
            "error.html",
            {"error": "journey_expired", "trace_id": "019f2b7c6d1f", "rp": cast.province},
        ),
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
                "title": cast.say("此账号已停用", "This account is closed"),
                "message": cast.say("请到服务窗口办理。", "Go to a service counter."),
                "next_steps": [cast.say("带上身份证件", "Bring your identity card")],
            },
        ),
        Sample("unavailable", "unavailable.html", {"trace_id": "019f2b7c6d23"}),
        Sample(
            "form-post",
            "form_post.html",
            {
                "rp": cast.province,
                "action": "/callback",
                "params": [("code", "SplxlOBeZQQYbYS6WxSbIA"), ("state", "<&>")],
            },
        ),
    ]
