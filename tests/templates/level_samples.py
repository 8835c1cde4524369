"""Believable contexts for the pages about levels and acting for another."""

from tests.templates.cast import Cast
from tests.templates.sample import Sample

COMPANY = "0195-company"


def levels(cast: Cast) -> list[Sample]:
    """A level that is missing, and the choice of whom to act for."""
    journey = {
        "rp": cast.county,
        "action": "/choose-identity?journey=Zx81",
        "back_url": "/authorize/Zx81/cancel",
    }
    own = {"own_name": cast.person.name, "own_id": "0195-own", "assisted": False, "item_names": []}
    proof = [
        [
            cast.say("运营商三要素比对", "Mobile operator, three elements"),
            cast.say("银行卡四要素比对", "Bank card, four elements"),
        ],
        [cast.say("人脸识别比对", "Live face against the register's photo")],
        [cast.say("政务服务窗口现场核验（两人）", "Government window, two officials")],
    ]
    needed = {
        "rp": cast.county,
        "back_url": "/authorize/Zx81/cancel",
        "again_url": "/authorize/Zx81",
        "level": 3,
        "level_name": cast.say("高级", "High"),
        "proofing_url": "/account/proofing?journey=Zx81",
        "methods_url": "/account/sign-in-methods",
        "stale": False,
        "ways": [],
        "methods": [],
    }
    low = {"held": 1, "held_name": cast.say("初级", "Basic")}
    medium = {"held": 2, "held_name": cast.say("中级", "Medium")}
    factor = [[cast.say("动态验证码", "One-time code from an app")], [cast.say("通行密钥", "Passkey")]]
    return [
        Sample(
            "raise-level",
            "raise_level.html",
            {**needed, **low, "proof_wanted": True, "factor_wanted": True, "ways": proof, "methods": factor},
        ),
        Sample(
            "raise-level-factor",
            "raise_level.html",
            {**needed, **medium, "proof_wanted": False, "factor_wanted": True, "methods": factor},
        ),
        Sample(
            "raise-level-stale",
            "raise_level.html",
            {**needed, **medium, "proof_wanted": True, "factor_wanted": False, "stale": True, "ways": proof},
        ),
        Sample(
            "choose-identity",
            "choose_identity.html",
            {**journey, **own, "self_allowed": True, "choices": _choices(cast)},
        ),
        Sample(
            "choose-identity-none",
            "choose_identity.html",
            {
                **journey,
                **own,
                "self_allowed": False,
                "choices": [],
                "item_names": [cast.say("不动产抵押登记", "Registration of a mortgage")],
            },
        ),
        Sample(
            "choose-identity-ended",
            "choose_identity.html",
            {**journey, **own, "self_allowed": True, "choices": [], "ended": True},
        ),
        Sample(
            "choose-identity-assisted",
            "choose_identity.html",
            {**journey, **own, "self_allowed": False, "choices": [], "assisted": True},
        ),
    ]


def _choices(cast: Cast) -> list[dict[str, object]]:
    transfer = cast.say("不动产转移登记", "Transfer of property")
    return [
        {
            "id": "0195-1",
            "principal_id": COMPANY,
            "name": cast.say("杭州示例科技有限公司", "Hangzhou Example Technology Co., Ltd."),
            "kind": "enterprise",
            "role": "handler",
            "through": None,
            "items": [transfer, cast.say("不动产登记资料查询", "Look-up of registered property")],
        },
        {
            "id": "0195-2",
            "principal_id": "0195-firm",
            "name": cast.say("杭州示例贸易有限公司", "Hangzhou Example Trading Co., Ltd."),
            "kind": "enterprise",
            "role": "agency",
            "through": cast.say("杭州诚信代理记账有限公司", "Hangzhou Chengxin Agency Co., Ltd."),
            "items": [transfer],
        },
        {
            "id": "0195-3",
            "principal_id": "0195-child",
            "name": cast.say("刘小雨", "Liu Xiaoyu"),
            "kind": "citizen",
            "role": "guardian",
            "through": None,
            "items": [],
        },
    ]
