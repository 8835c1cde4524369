"""Believable contexts for the pages on which a person proves their name."""

from datetime import timedelta
from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

YEAR = timedelta(days=365)


def proofing(cast: Cast) -> list[Sample]:
    """The pages under /account/proofing."""
    return [
        *_overview(cast),
        *_forms(cast),
        *_face(cast),
        *_cases(cast),
        *_vouching(cast),
        *_enterprise(cast),
    ]


def _mine(cast: Cast) -> dict[str, Any]:
    return {"person": cast.person, "action": "/account/x", "back_url": "/account/proofing"}


def _step(code: str, name: str, state: str, *, biometric: bool = False) -> Thing:
    return Thing(code=code, name=name, state=state, url=f"/account/proofing/{code}", biometric=biometric)


def _case(cast: Cast, state: str, reason: str | None = None, **changes: Any) -> Thing:
    values: dict[str, Any] = {
        "id": "01960000-0000-7000-8000-000000000001",
        "name": cast.say("人口库姓名与号码比对", "Name and number equal to the population register"),
        "verifier": "register",
        "state": state,
        "reason": reason,
        "number": "4T7K-9WQX-M2PD",
        "created_at": MORNING,
        "decided_at": NOON,
        "expires_at": NOON + YEAR / 12,
        "is_open": state in {"started", "waiting", "undecided"},
        "place": None,
        "url": "/account/proofing/cases/01960000-0000-7000-8000-000000000001",
        "way_url": "/account/proofing/register",
        "with_number": False,
        "note": None,
    }
    return Thing(**(values | changes))


def _ladder(cast: Cast, level: int) -> list[Thing]:
    names = [
        cast.say("未实名", "Not verified"),
        cast.say("初级", "Basic"),
        cast.say("中级", "Medium"),
        cast.say("高级", "High"),
        cast.say("现场/证书", "In person or by certificate"),
    ]
    return [Thing(number=number, name=name, reached=number <= level) for number, name in enumerate(names)]


def _overview(cast: Cast) -> list[Sample]:
    register = cast.say("人口库姓名与号码比对", "Name and number equal to the population register")
    operator = cast.say("运营商三要素比对", "Mobile operator, three elements")
    bank = cast.say("银行卡四要素比对", "Bank card, four elements")
    face = cast.say("人脸识别比对", "Live face against the register's photo")
    counter = cast.say("政务服务窗口现场核验（两人）", "Government window, two officials")
    ways = [
        Thing(
            steps=[
                _step("register", register, "done"),
                _step("operator3", operator, "waiting"),
                _step("bank4", bank, "open"),
            ],
            biometric=False,
            is_begun=True,
        ),
        Thing(
            steps=[_step("register", register, "done"), _step("face", face, "open", biometric=True)],
            biometric=True,
            is_begun=True,
        ),
        Thing(
            steps=[_step("counter", counter, "later")],
            biometric=False,
            is_begun=False,
        ),
    ]
    medium, high = cast.say("中级", "Medium"), cast.say("高级", "High")
    middle = {
        **_mine(cast),
        "level": 2,
        "level_name": medium,
        "ladder": _ladder(cast, 2),
        "session_level": 1,
        "known": Thing(name=cast.person.name, number_masked="3****************8"),
        "held": [
            Thing(name=register, since=MORNING, until=MORNING + 5 * YEAR),
            Thing(name=operator, since=NOON, until=None),
        ],
        "aims": [Thing(number=3, name=high, ways=ways)],
        "open_cases": [_case(cast, "waiting", "source_away", name=operator), _case(cast, "started")],
        "closed_cases": [_case(cast, "approved"), _case(cast, "refused", "mismatch"), _case(cast, "expired")],
        "return_url": "/authorize/x",
        "vouching_url": "/account/proofing/vouching",
        "back_url": None,
    }
    top = middle | {
        "level": 4,
        "level_name": cast.say("现场/证书", "In person or by certificate"),
        "ladder": _ladder(cast, 4),
        "session_level": 4,
        "aims": [],
        "open_cases": [],
        "return_url": None,
    }
    new = middle | {
        "level": 0,
        "level_name": cast.say("未实名", "Not verified"),
        "ladder": _ladder(cast, 0),
        "session_level": 0,
        "known": None,
        "held": [],
        "open_cases": [],
        "closed_cases": [],
        "return_url": None,
        "vouching_url": None,
    }
    return [
        Sample("proofing", "account/proofing.html", middle),
        Sample("proofing-top", "account/proofing.html", top),
        Sample("proofing-new", "account/proofing.html", new),
    ]


def _forms(cast: Cast) -> list[Sample]:
    blank = {**_mine(cast), "known": None, "place": None, "place_url": "/x", "needs_two": False, "values": {}}
    place = Thing(code="330106", name=cast.say("浙江省 杭州市 西湖区", "Xihu, Hangzhou, Zhejiang"))
    wrong = {
        "number": cast.say("号码无效，请对照证件核对", "This is no valid number. Compare it with your card")
    }
    known = Thing(name=cast.person.name, number_masked="3****************8")
    texts: dict[str, dict[str, Any]] = {
        "register": {"name": cast.say("人口库比对", "Population register"), "errors": wrong},
        "operator3": {"name": cast.say("运营商三要素", "Mobile operator"), "known": known},
        "bank4": {"name": cast.say("银行卡四要素", "Bank card"), "known": known},
        "network_id": {"name": cast.say("网证", "Network identity certificate")},
        "chip": {"name": cast.say("证件芯片", "Chip of a card")},
        "point": {"name": cast.say("代办点", "Agency point"), "place": place},
        "counter": {"name": cast.say("政务服务窗口", "Government window"), "place": place, "needs_two": True},
        "vouch": {"name": cast.say("担保", "Statement of a guardian")},
    }
    forms = [
        Sample(f"proofing-{way.replace('_', '-')}", "account/proofing_form.html", blank | text | {"way": way})
        for way, text in texts.items()
    ]
    passport = blank | texts["register"] | {"way": "register", "values": {"type": "passport", "country": "X"}}
    country = {"country": cast.say("请选择签发国家", "Choose the issuing country")}
    code = {
        **_mine(cast),
        "name": cast.say("运营商三要素", "Mobile operator"),
        "phone_masked": "138****8000",
        "valid_minutes": 5,
        "resend_action": "/x",
        "resend_after_seconds": 42,
    }
    certificate = {
        **_mine(cast),
        "way": "certificate",
        "name": cast.say("现场签发的数字证书", "CA certificate issued in person"),
        "shown": Thing(subject="Zhang Wei", issuer="Sandbox CA", serial="4F2A91", until=NOON + YEAR),
        "again_url": "/x",
    }
    places = {
        **_mine(cast),
        "name": cast.say("政务服务窗口", "Government window"),
        "chosen": cast.say("浙江省 杭州市", "Hangzhou, Zhejiang"),
        "places": [
            Thing(name=name, url="/x")
            for name in cast.say("上城区 拱墅区 西湖区 淳安县", "Shangcheng Gongshu Xihu Chun’an").split()
        ],
        "here_url": "/x",
    }
    return [
        *forms,
        Sample("proofing-passport", "account/proofing_form.html", passport | {"errors": country}),
        Sample("proofing-code", "account/proofing_code.html", code),
        Sample("proofing-certificate", "account/proofing_certificate.html", certificate),
        Sample("proofing-place", "account/proofing_place.html", places),
    ]


def _face(cast: Cast) -> list[Sample]:
    context = {
        **_mine(cast),
        "name": cast.say("人脸识别比对", "Live face against the register's photo"),
        "register_url": "/x",
        "known": Thing(name=cast.person.name, number_masked="3****************8"),
        "away": True,
        "alternatives": [
            Thing(name=cast.say("运营商三要素比对", "Mobile operator, three elements"), url="/x"),
            Thing(name=cast.say("代办点核验原件", "Agency point"), url="/x"),
        ],
        "largest_kb": 500,
        "errors": {
            "consent": cast.say("请先同意，或选择其他方式", "Agree to it first, or choose another way")
        },
    }
    first = context | {"known": None, "away": False, "errors": {}}
    return [
        Sample("proofing-face", "account/proofing_face.html", context),
        Sample("proofing-face-first", "account/proofing_face.html", first),
    ]


def _cases(cast: Cast) -> list[Sample]:
    context = {
        **_mine(cast),
        "given": {},
        "in_person": False,
        "for_voucher": False,
        "can_retry": True,
        "level": 2,
        "level_name": cast.say("中级", "Medium"),
        "session_level": 1,
        "return_url": None,
        "overview_url": "/account/proofing",
        "qr_url": "/qr.svg",
        "retry_action": "/x",
        "cancel_action": "/x",
    }
    visit = _case(
        cast,
        "waiting",
        "for_official",
        name=cast.say("政务服务窗口", "Government window"),
        with_number=True,
        place=cast.say("浙江省 杭州市 西湖区", "Xihu, Hangzhou, Zhejiang"),
    )
    given = {"name": cast.person.name, "number": "3****************8"}
    refused = _case(cast, "refused", "refused_by_official", note=cast.say("照片无法辨认", "Photo is worn"))
    shown: dict[str, dict[str, Any]] = {
        "approved": {"case": _case(cast, "approved"), "return_url": "/authorize/x"},
        "refused": {"case": _case(cast, "refused", "mismatch")},
        "refused-counter": {"case": refused},
        "undecided": {"case": _case(cast, "undecided", "identity_taken")},
        "away": {"case": _case(cast, "waiting", "source_away")},
        "visit": {"case": visit, "given": given, "in_person": True, "can_retry": False},
        "expired": {"case": _case(cast, "expired")},
    }
    return [
        Sample(f"proofing-case-{name}", "account/proofing_case.html", context | changes)
        for name, changes in shown.items()
    ]


def _vouching(cast: Cast) -> list[Sample]:
    context = {**_mine(cast), "may_vouch": True, "asked": None, "number": "", "values": {}}
    asked = context | {"asked": Thing(name=cast.say("李娜", "Li Na"), at=MORNING), "number": "4T7K9WQXM2PD"}
    wrong = {"number": cast.say("没有此编号的进行中个案", "No open case has this number")}
    return [
        Sample("proofing-vouching", "account/proofing_vouching.html", context | {"errors": wrong}),
        Sample("proofing-vouching-asked", "account/proofing_vouching.html", asked),
        Sample("proofing-vouching-low", "account/proofing_vouching.html", context | {"may_vouch": False}),
    ]


def _enterprise(cast: Cast) -> list[Sample]:
    """The same pages, of an enterprise that the person runs."""
    name = cast.say("杭州示例科技有限公司", "Hangzhou Example Technology Co., Ltd.")
    company = Thing(name=name, uscc="91330106MA28FAKE9N")
    known = Thing(name=name, number_masked=company.uscc)
    licence = cast.say("电子营业执照", "Electronic business licence")
    counter = cast.say("窗口核验营业执照与公章", "Government window, licence and seal")
    ways = [
        Thing(steps=[_step("business_licence", licence, "open")], biometric=False, is_begun=False),
        Thing(steps=[_step("enterprise_counter", counter, "open")], biometric=False, is_begun=False),
    ]
    overview = {
        **_mine(cast),
        "enterprise": company,
        "level": 3,
        "level_name": cast.say("高级", "High"),
        "ladder": _ladder(cast, 3),
        "session_level": 3,
        "known": known,
        "held": [Thing(name=cast.say("企业登记库", "Enterprise register"), since=MORNING, until=None)],
        "aims": [
            Thing(number=4, name=cast.say("现场/证书", "In person or by certificate"), ways=ways),
        ],
        "open_cases": [],
        "closed_cases": [],
        "return_url": None,
        "vouching_url": None,
    }
    form = {
        **_mine(cast),
        "way": "business_licence",
        "name": licence,
        "known": known,
        "place": None,
        "place_url": "/x",
        "needs_two": False,
        "values": {},
        "errors": {"licence": cast.say("请粘贴应用显示的内容", "Paste what the licence app shows")},
    }
    approved = {
        **_mine(cast),
        "case": _case(cast, "approved", name=licence, verifier="business_licence"),
        "given": {},
        "is_enterprise": True,
        "in_person": False,
        "for_voucher": False,
        "can_retry": False,
        "level": 4,
        "level_name": cast.say("现场/证书", "In person or by certificate"),
        "session_level": 4,
        "return_url": None,
        "overview_url": "/x",
        "qr_url": "/qr.svg",
        "retry_action": "/x",
        "cancel_action": "/x",
    }
    return [
        Sample("proofing-of-enterprise", "account/proofing.html", overview),
        Sample("proofing-of-enterprise-licence", "account/proofing_form.html", form),
        Sample("proofing-of-enterprise-approved", "account/proofing_case.html", approved),
    ]
