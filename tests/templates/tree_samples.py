"""Believable contexts for the console's federation: the tree, a relation, adding, the policy, marks, a chain."""

from types import SimpleNamespace as Thing
from typing import Any

from idp.federation.drawn import Row
from tests.templates import tree_rule_samples
from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.federation_samples import CITY, HERE, NATION, PROVINCE, RP, SITE
from tests.templates.sample import Sample
from tests.templates.tree_rule_samples import MARK

COUNTY = f"{HERE}/authorities/330106"
KEY = "u6kP3ZJgW1bqZb0m1cJ1x0YkD1h7Jm2oQJc3Yp7v4tE"
DIVISIONS = {"浙江省 杭州市": "Zhejiang Hangzhou", "浙江省 杭州市 西湖区": "Zhejiang Hangzhou Xihu"}
OLD_KEY = "Zp0nJw2m5Hq8sT1vX4yB7eK0nQ3tW6zC9fI2lO5rU8w"


def trees(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    """The pages under /console/federation."""
    frame = {**frame, "rooms": ["officials", "federation", "streams", "record"]}
    return [
        *_start(cast, frame),
        *_node(cast, frame),
        *_subordinate(cast, frame),
        *_add(cast, frame),
        *tree_rule_samples.rules(cast, frame, _row(cast, CITY, "杭州市", "Hangzhou", "浙江省 杭州市")),
    ]


def _start(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    city = _row(cast, CITY, "杭州市", "Hangzhou", "浙江省 杭州市")
    county = _row(cast, COUNTY, "西湖区", "Xihu District", "浙江省 杭州市 西湖区")
    common = {**frame, "explain_url": "/console/federation/explain", "action": "/console/federation"}
    wrong = {
        "q": cast.say("本行政区划内没有这个实体或地区", "There is no such entity or place in your division")
    }
    return [
        Sample(
            "console-federation",
            "console/federation.html",
            {**common, "tops": [city], "found": [county], "sought": cast.say("西湖", "Xihu")},
        ),
        Sample(
            "console-federation-none",
            "console/federation.html",
            {**common, "tops": [], "found": [], "sought": "xx", "errors": wrong},
        ),
    ]


def _row(cast: Cast, entity: str, zh: str, en: str, division: str, kind: str = "intermediate") -> Thing:
    return Thing(
        id=entity,
        name=cast.say(zh, en),
        kind=kind,
        is_authority=kind != "leaf",
        division=cast.say(division, DIVISIONS[division]),
        url="/console/federation/node?entity=x",
    )


def _below(cast: Cast, entity: str, zh: str, en: str, *, authority: bool, active: bool = True) -> Thing:
    relation = "/console/federation/subordinate?x"
    return Thing(
        id=entity,
        name=cast.say(zh, en),
        is_authority=authority,
        is_active=active,
        division="",
        url="/console/federation/node?entity=x" if authority else relation,
        relation_url=relation,
    )


def _node(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    say = cast.say
    superior = Thing(id=PROVINCE, name=say("浙江省", "Zhejiang"), url=None, relation_url=None, is_active=True)
    node = Thing(
        **vars(_row(cast, CITY, "杭州市", "Hangzhou", "浙江省 杭州市")),
        keys=[
            Thing(kid=KEY, state="current", since=NOON),
            Thing(kid=OLD_KEY, state="retired", since=MORNING),
        ],
        policy=[
            Row(RP, "scope", "subset_of", "", "openid, profile, phone"),
            Row(RP, "minimum_acr", "value", "", "urn:tongxing:loa:2"),
        ],
        constraints='{\n  "max_path_length": 2\n}',
        marks=[Thing(type=MARK, issuer=NATION, until=NOON)],
        configuration_url=f"{CITY}/.well-known/openid-federation",
        statement='{\n  "iss": "https://id.zj.gov.example/authorities/330100"\n}',
        is_open=True,
    )
    common = {
        **frame,
        "node": node,
        "superiors": [superior],
        "is_first": True,
        "more_url": None,
        "links": {"add": "/a", "policy": "/p", "marks": "/m", "explain": "/e"},
        "back_url": "/console/federation",
    }
    below = [
        _below(cast, COUNTY, "西湖区", "Xihu District", authority=True),
        _below(
            cast, f"{HERE}/authorities/330105", "拱墅区", "Gongshu District", authority=True, active=False
        ),
        _below(cast, SITE, "杭州市公租房", "Hangzhou public housing", authority=False),
    ]
    return [
        Sample(
            "console-federation-node",
            "console/federation_node.html",
            {**common, "subordinates": below, "more_url": "/console/federation/node?from=x"},
        ),
        Sample(
            "console-federation-node-empty",
            "console/federation_node.html",
            {
                **common,
                "node": Thing(
                    **{**vars(node), "policy": [], "constraints": "", "marks": [], "is_open": False}
                ),
                "subordinates": [],
                "links": {"add": None, "policy": None, "marks": None, "explain": "/e"},
            },
        ),
    ]


def _subordinate(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    say = cast.say
    one = Thing(
        id=COUNTY,
        name=say("西湖区", "Xihu District"),
        is_active=True,
        is_authority=True,
        is_hosted=True,
        reason=None,
        since=MORNING,
        division=say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
        item_codes=["estate-query"],
        entity_types=["federation_entity"],
        keys=[{"thumbprint": KEY, "alg": "ES256"}],
        policy=[Row(RP, "scope", "subset_of", "", "openid, profile")],
        metadata=[],
        constraints='{"max_path_length": 1}',
    )
    common = {
        **frame,
        "superior": _row(cast, CITY, "杭州市", "Hangzhou", "浙江省 杭州市"),
        "may_decide": True,
        "may_keep": False,
        "held_by": None,
        "is_held_from_above": False,
        "node_url": "/console/federation/node?entity=x",
        "explain_url": "/console/federation/explain?entity=x",
        "action": "/console/federation/subordinate?x",
        "back_url": "/console/federation/node?entity=x",
        "values": {"reason": ""},
    }
    stopped = Thing(
        **{
            **vars(one),
            "is_active": False,
            "reason": say(
                "接到数据泄露通报，停用核查", "A data leak was reported; stopped while it is examined"
            ),
        }
    )
    cut = Thing(authorities=1, sites=14, others=2, is_whole=False)
    errors = {
        "reason": say("请填写一行原因", "Enter a reason of one line"),
        "understood": say("请确认已了解暂停的影响", "Confirm that you have read what this cuts off"),
    }
    template = "console/federation_subordinate.html"
    return [
        Sample("console-federation-relation", template, {**common, "one": one, "below": cut}),
        Sample(
            "console-federation-relation-wrong",
            template,
            {**common, "one": one, "below": cut, "errors": errors},
        ),
        Sample("console-federation-relation-stopped", template, {**common, "one": stopped, "below": None}),
        Sample(
            "console-federation-relation-keep",
            template,
            {
                **common,
                "one": stopped,
                "below": None,
                "may_keep": True,
                "held_by": say("浙江省 杭州市", "Zhejiang Hangzhou"),
            },
        ),
        Sample(
            "console-federation-relation-held",
            template,
            {
                **common,
                "one": stopped,
                "below": None,
                "may_decide": False,
                "held_by": say("浙江省", "Zhejiang"),
                "is_held_from_above": True,
            },
        ),
    ]


def _add(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    say = cast.say
    common: dict[str, Any] = {
        **frame,
        "superior": _row(cast, CITY, "杭州市", "Hangzhou", "浙江省 杭州市"),
        "found": None,
        "rule": "",
        "said": "",
        "action": "/console/federation/add?superior=x",
        "back_url": "/console/federation/node?entity=x",
        "values": {"entity": SITE, "division_code": "330100"},
    }
    found = Thing(
        id=SITE,
        name=say("杭州市公租房", "Hangzhou public housing"),
        is_authority=False,
        entity_types=[RP, "federation_entity"],
        items=[say("公租房申请", "Public housing: application")],
        keys=[{"thumbprint": KEY, "alg": "ES256"}],
        digest="0" * 64,
        names_us=False,
        is_known=True,
        suspended_by=[say("杭州市余杭区", "Yuhang District")],
        is_suspended_here=True,
        held_above=None,
        division=say("浙江省 杭州市", "Zhejiang Hangzhou"),
        stated=[Thing(name="legal_basis", value="statutory_duty")],
    )
    away = {
        "rule": "unreachable",
        "said": "ConnectError",
        "errors": {"entity": say("无法读取", "We could not read it")},
    }
    template = "console/federation_add.html"
    return [
        Sample("console-federation-add", template, common),
        Sample("console-federation-add-away", template, {**common, **away}),
        Sample("console-federation-add-found", template, {**common, "found": found}),
        Sample(
            "console-federation-add-held",
            template,
            {**common, "found": Thing(**{**vars(found), "held_above": say("浙江省", "Zhejiang")})},
        ),
    ]
