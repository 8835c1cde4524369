"""Believable contexts for signing in by a phone, and for getting back into an account."""

from datetime import timedelta

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample


def other_ways(cast: Cast) -> list[Sample]:
    """A QR code, a code by message."""
    journey = {"rp": cast.province, "back_url": "/authorize/cancel?ticket=Zx81", "action": "/login/x"}
    screen = {
        **journey,
        "handle": "Zx81",
        "number": 47,
        "seconds_left": 9999,
        "picture_url": "/qr.svg",
        "state_url": "/progress",
        "again_url": "/login/qr",
        "login_url": "/login",
    }
    code = {
        **journey,
        "phone_masked": "138****8000",
        "valid_minutes": 5,
        "resend_action": "/login/resend",
        "resend_after_seconds": 0,
        "other_url": "/login",
    }
    phone = {
        "person": cast.person,
        "back_url": None,
        "action": "/qr/x",
        "browser_name": "Chrome · Windows",
        "address": "203.0.113.7",
        "started_at": NOON,
        "numbers": ["18", "47", "92"],
    }
    wrong = {
        "number": cast.say("请选择另一个屏幕显示的数字", "Choose the number that the other screen shows")
    }
    return [
        Sample(
            "login-ways",
            "login.html",
            {
                **journey,
                "qr_url": "/login/qr",
                "sms_url": "/login/sms",
                "recovery_url": "/recovery",
                "sign_up_url": "/sign-up",
            },
        ),
        Sample("login-qr", "login_qr.html", {**screen, "state": "waiting"}),
        Sample("login-qr-still", "login_qr.html", {**screen, "state": "waiting", "still_waiting": True}),
        *(
            Sample(f"login-qr-{state}", "login_qr.html", {**screen, "state": state})
            for state in ("expired", "denied", "wrong_number")
        ),
        Sample("qr-approval", "qr_approval.html", {**phone, "rp": cast.province}),
        Sample("qr-approval-wrong", "qr_approval.html", {**phone, "rp": None, "errors": wrong}),
        *(
            Sample(f"qr-{state}", "qr_answered.html", {"person": cast.person, "state": state})
            for state in ("approved", "denied", "wrong_number", "expired", "answered")
        ),
        Sample("login-sms", "login_sms.html", {**journey, "login_url": "/login"}),
        Sample("phone-code", "phone_code.html", code),
        Sample("second-factor-sms", "second_factor_sms.html", {**code, "other_url": "/login/second-factor"}),
    ]


def recovering(cast: Cast) -> list[Sample]:
    """The way back into an account, and the address that stops it."""
    alone = {"rp": None, "back_url": "/recovery", "action": "/recovery/x"}
    proof = {
        **alone,
        "done": ("phone", "register"),
        "others": [("bank4", "/recovery/proof?proof=bank4"), ("chip", "/recovery/proof?proof=chip")],
        "counter_url": "/recovery/counter",
        "own_number": True,
        "other_account_action": "/recovery/other",
        "phone_masked": "138****8000",
    }
    times = {"ready_at": NOON, "expires_at": NOON + timedelta(days=30)}
    mismatch = cast.say("信息不匹配，请检查后重试", "This does not match. Check what you typed and try again")
    stop = {**alone, "back_url": None, "began_at": MORNING}
    return [
        Sample("recovery", "recovery_phone.html", {**alone, "resume_url": "/recovery/resume"}),
        Sample(
            "recovery-register",
            "recovery_proof.html",
            {**proof, "step": "register", "done": ("phone",), "errors": {"": mismatch}},
        ),
        Sample(
            "recovery-new-number",
            "recovery_proof.html",
            {**proof, "step": "register", "done": ("phone",), "own_number": False},
        ),
        *(
            Sample(f"recovery-{step or 'counter'}", "recovery_proof.html", {**proof, "step": step})
            for step in ("operator3", "bank4", "chip", "")
        ),
        Sample(
            "recovery-counter-place",
            "recovery_counter.html",
            {
                **alone,
                "chosen": None,
                "places": [(cast.say("浙江省", "Zhejiang"), "/x"), (cast.say("江苏省", "Jiangsu"), "/y")],
            },
        ),
        Sample(
            "recovery-counter-chosen",
            "recovery_counter.html",
            {
                **alone,
                "chosen": cast.say("浙江省杭州市西湖区", "Xihu, Hangzhou"),
                "division": "330106",
                "places": [],
            },
        ),
        Sample(
            "recovery-ticket-counter",
            "recovery_ticket.html",
            {
                **times,
                "ticket": "7K2M-Q9PX-04RT-HW8Z",
                "case_number": "7K2M-Q9PX-04RT",
                "place": cast.say("浙江省杭州市西湖区", "Xihu, Hangzhou"),
                "continue_url": "/x",
            },
        ),
        Sample(
            "recovery-start",
            "recovery_start.html",
            {**alone, "has_others": True, "hours": 24.0, "hours_lost": 72.0},
        ),
        Sample(
            "recovery-ticket",
            "recovery_ticket.html",
            {**times, "ticket": "7K2M-Q9PX-04RT-HW8Z", "continue_url": "/recovery/state"},
        ),
        *(
            Sample(
                f"recovery-state-{state}", "recovery_state.html", {**times, "state": state, "again_url": "/x"}
            )
            for state in ("waiting", "counter", "stopped", "completed", "expired")
        ),
        Sample(
            "recovery-resume",
            "recovery_resume.html",
            {
                **alone,
                "errors": {
                    "ticket": cast.say("没有与此凭证对应的找回", "There is no recovery with this ticket")
                },
            },
        ),
        Sample(
            "recovery-password",
            "recovery_password.html",
            {**alone, "username": "zhangwei", "min_length": 10, "lost": True},
        ),
        Sample("recovery-done", "recovery_done.html", {"login_url": "/login"}),
        Sample("recovery-stop", "recovery_stop.html", {**stop, "state": "waiting", "is_open": True}),
        Sample("recovery-stop-late", "recovery_stop.html", {**stop, "state": "completed", "is_late": True}),
        Sample("recovery-stopped", "recovery_stop.html", {**stop, "state": "stopped", "stopped": True}),
        *(
            Sample(f"recovery-refused-{reason}", "recovery_refused.html", {"reason": f"{prefix}_{reason}"})
            for prefix, reason in (
                ("recovery", "official"),
                ("recovery", "no_account"),
                ("recovery", "at_counter"),
                ("account", "frozen"),
            )
        ),
    ]
