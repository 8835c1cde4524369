"""The levels as relying parties read them: levels, evidence, authenticators, caps, floors, lives and the rule. Pure.

Published at ``assurance_levels_endpoint``; everything in it can be known by anybody.
"""

from typing import Any

from idp.assurance import acr, proofing_level
from idp.assurance.policy import KINDS, Act, Life, Policy, Route, Text

RULE = {
    "en": (
        "acr_values lists acceptable levels in order of preference. A session that satisfies one of them, at or above, "
        "is answered without a prompt; else the person is taken to the first one their account can reach. acr in the "
        "answer is the first listed value that the session satisfies, or the session's own level when none was asked. "
        "No supported value in the list, or none that can be reached: unmet_authentication_requirements. The floors of "
        "the relying party, its scopes and its items hold beside; nothing is ever lowered silently."
    ),
    "zh": (
        "acr_values 按优先顺序列出可接受的等级。会话已达到或高于其中之一时直接应答，不再打扰用户；"
        "否则引导用户前往其账号可达到的第一个等级。应答中的 acr 为所列值中会话满足的第一个；未要求时为会话自身等级。"
        "所列值均不受支持或均不可达到时，返回 unmet_authentication_requirements。"
        "业务系统、权限范围与事项的下限同时适用；绝不静默降级。"
    ),
}


def published(policy: Policy, *, number: int, digest: str, effective_from: str) -> dict[str, Any]:
    """Return the document for the version *number* (0: no version was approved yet)."""
    until = policy.valid_until.isoformat() if policy.valid_until is not None else None
    return {
        "version": number,
        "digest": f"sha-256:{digest}",
        "effective_from": effective_from,
        **({"valid_until": until} if until else {}),
        "title": _text(policy.title),
        "rule": RULE,
        "acr_values_supported": acr.supported(policy),
        "levels": [
            {
                "level": level.number,
                "acr": level.acr,
                "name": _text(level.name),
                "answered_from_single_sign_on": level.number < policy.fresh_from,
            }
            for level in policy.levels
        ],
        "assisted_acr": acr.ASSISTED,
        "fal": policy.fal,
        "caps": {f"A{level}": cap for level, cap in enumerate(policy.caps)},
        "proofing": {
            kind: {
                "highest": proofing_level.highest(policy, kind),
                "ways": [_way(route) for route in policy.proofing[kind]],
            }
            for kind in KINDS
        },
        "evidence": {
            code: {"name": _text(one.name)} | ({} if one.days is None else {"days": one.days})
            for code, one in policy.evidence.items()
        },
        "authentication": [_way(route) for route in policy.authentication],
        "authenticators": {
            code: {"name": _text(one.name)} | ({"not_for": sorted(one.not_for)} if one.not_for else {})
            for code, one in policy.authenticators.items()
        },
        "floors": {
            "scopes": {scope: acr.of(level) for scope, level in policy.floors.scopes.items()},
            "items": {item: acr.of(level) for item, level in policy.floors.items.items()},
            "acts": {name: _act(act) for name, act in policy.floors.acts.items()},
        },
        "sessions": {name: _life(getattr(policy.lives, name)) for name in policy.lives.__slots__},
        "comparable": [{"name": _text(one.name), "levels": list(one.levels)} for one in policy.comparable],
    }


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _way(route: Route) -> dict[str, Any]:
    return {"level": route.level, "needs": sorted(route.needs)}


def _act(act: Act) -> dict[str, Any]:
    return {
        "acr": "held" if act.level is None else acr.of(act.level),
        **({} if act.max_age is None else {"max_age": act.max_age}),
        **({"cryptographic": True} if act.cryptographic else {}),
    }


def _life(life: Life) -> dict[str, int]:
    return {"absolute": life.absolute, "idle": life.idle}
