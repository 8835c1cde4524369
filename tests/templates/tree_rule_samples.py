"""Believable contexts for what an authority rules in the console: its policy, its marks; and the chain of an entity."""

from types import SimpleNamespace as Thing
from typing import Any

from idp.federation import drawn
from idp.federation.drawn import Row
from idp.federation.explanation import Refusal
from tests.templates import federation_samples as chains
from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.federation_samples import BRANCH, CITY, HERE, RP, SITE
from tests.templates.sample import Sample

MARK = "https://federation.gov.example/marks/djbh3"


def rules(cast: Cast, frame: dict[str, Any], node: Thing) -> list[Sample]:
    """The policy, the marks and the explanation."""
    return [*_policy(cast, frame, node), *_marks(cast, frame, node), *_explain(cast, frame)]


def _policy(cast: Cast, frame: dict[str, Any], node: Thing) -> list[Sample]:
    common: dict[str, Any] = {
        **frame,
        "node": node,
        "seen": "0" * 64,
        "trial": None,
        "rows": [],
        "names": chains.names(cast),
        "action": "/console/federation/policy?entity=x",
        "back_url": "/console/federation/node?entity=x",
        "values": {
            "metadata_policy": '{\n  "openid_relying_party": {\n    "contacts": {"essential": true}\n  }\n}',
            "constraints": '{\n  "max_path_length": 2\n}',
        },
    }
    refusal = Refusal(
        *("metadata_policy.missing", SITE, CITY, "essential", True), entity_type=RP, parameter="contacts"
    )
    other = Thing(
        entity_id="https://fund.hangzhou.gov.example", rows=[Row(RP, "scope", "", "openid phone", "openid")]
    )
    trial = {
        "refused": [{"id": SITE, "refusal": drawn.refusal(refusal)}],
        "changed": [other],
        "same": 12,
        "untried": 3,
        "is_whole": False,
    }
    rows = [
        Row(RP, "contacts", "essential", "", "true"),
        Row(RP, "scope", "subset_of", "openid, phone", "openid"),
    ]
    template = "console/federation_policy.html"
    return [
        Sample("console-federation-policy", template, common),
        Sample("console-federation-policy-tried", template, {**common, "trial": trial, "rows": rows}),
        Sample(
            "console-federation-policy-good",
            template,
            {**common, "trial": {**trial, "refused": [], "changed": [], "is_whole": True}, "rows": rows},
        ),
    ]


def _marks(cast: Cast, frame: dict[str, Any], node: Thing) -> list[Sample]:
    common: dict[str, Any] = {
        **frame,
        "node": node,
        "types": [MARK],
        "months": [6, 12, 24, 36],
        "more_url": "/console/federation/trust-marks?x",
        "action": "/console/federation/trust-marks?entity=x",
        "back_url": "/console/federation/node?entity=x",
        "values": {"type": MARK, "subject": "", "months": "12"},
    }
    mark = Thing(
        type=MARK,
        subject=SITE,
        name=cast.say("杭州市公租房", "Hangzhou public housing"),
        issued_at=MORNING,
        until=NOON,
        is_active=True,
        revoked_at=None,
        reason=None,
    )
    gone = {
        "is_active": False,
        "revoked_at": NOON,
        "reason": cast.say("复测未通过", "The re-examination failed"),
    }
    marks = [mark, Thing(**{**vars(mark), **gone})]
    template = "console/federation_marks.html"
    return [
        Sample("console-federation-marks", template, {**common, "marks": marks}),
        Sample(
            "console-federation-marks-none", template, {**common, "marks": [], "types": [], "more_url": None}
        ),
    ]


def _explain(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    common: dict[str, Any] = {
        **frame,
        "names": chains.names(cast),
        "url_of": lambda entity: "/console/federation/node?entity=x" if entity.startswith(HERE) else None,
        "action": "/console/federation/explain",
        "back_url": "/console/federation",
    }
    stopped = {
        "entity": BRANCH,
        "reason": cast.say("证书过期，整改中", "Its certificate has expired; being mended"),
        "since": NOON,
        "url": "/console/federation/subordinate?x",
    }
    template = "console/federation_explain.html"
    return [
        Sample(
            "console-federation-explain",
            template,
            {**common, "entity_id": "", "drawing": None, "suspended": []},
        ),
        Sample(
            "console-federation-explain-refused",
            template,
            {**common, "entity_id": SITE, "drawing": drawn.draw(chains.refused()), "suspended": [stopped]},
        ),
    ]
