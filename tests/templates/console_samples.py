"""Believable contexts for the console's pages."""

from types import SimpleNamespace as Thing
from typing import Any

from idp.assurance.difference import Change
from idp.level_policy import packaged
from tests.templates import stream_samples, tree_samples
from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

ROOMS = ["cases", "look-up", "levels", "officials", "streams", "record"]


def console(cast: Cast) -> list[Sample]:
    """The pages under /console."""
    return [
        *_start(cast),
        *_cases(cast),
        *_officials(cast),
        *_levels(cast),
        *stream_samples.streams(cast, _frame(cast)),
        *tree_samples.trees(cast, _frame(cast)),
        *_record(cast),
    ]


def _frame(cast: Cast) -> dict[str, Any]:
    return {
        "person": Thing(name=cast.say("孙丽", "Sun Li")),
        "official": Thing(
            organization=cast.say("杭州市西湖区政务服务中心", "Xihu District Service Centre"),
            division=cast.say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
            roles=[cast.say("实名核验员", "Proofing clerk")],
        ),
        "rooms": ROOMS,
    }


def _start(cast: Cast) -> list[Sample]:
    return [Sample("console-home", "console/home.html", _frame(cast))]


def _case(cast: Cast, **changes: Any) -> Thing:
    return Thing(
        **(
            {
                "id": "0195-7",
                "number": "X49C-HPNC-MJ75",
                "name": cast.say("李娜", "Li Na"),
                "way": cast.say("政务服务窗口现场核验（两人）", "Government window, two officials"),
                "division": cast.say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
                "created_at": MORNING,
                "state": "waiting",
                "state_text": cast.say("待核验", "to be examined"),
                "mine": True,
                "document": cast.say("居民身份证", "Identity card"),
                "number_masked": "3****************8",
                "expires_at": NOON,
                "decided_by": [],
                "proven": [cast.say("手机号验证码", "Code sent to a phone")],
                "place": cast.say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
            }
            | changes
        )
    )


def _cases(cast: Cast) -> list[Sample]:
    frame = _frame(cast)
    examined = [
        Thing(
            act=cast.say("已核验", "Examined"),
            name=cast.say("孙丽", "Sun Li"),
            note=cast.say("已在 3 号窗口核对原件", "Original seen at window 3"),
        )
    ]
    one = {**frame, "action": "/console/cases/0195-7", "back_url": "/console/cases", "is_mine_already": False}
    return [
        Sample(
            "console-cases",
            "console/cases.html",
            {**frame, "cases": [_case(cast), _case(cast, mine=False)], "newer": "0195-7"},
        ),
        Sample("console-cases-none", "console/cases.html", {**frame, "cases": [], "newer": None}),
        Sample(
            "console-case",
            "console/case.html",
            {
                **one,
                "case": _case(cast),
                "task": "examine_case",
                "errors": {"reason": cast.say("请写明处理依据", "Write down what you base this on")},
                "values": {"present": "1"},
            },
        ),
        Sample(
            "console-case-to-decide",
            "console/case.html",
            {**one, "case": _case(cast, decided_by=examined), "task": "decide_case"},
        ),
        Sample(
            "console-case-examined",
            "console/case.html",
            {**one, "case": _case(cast, decided_by=examined), "task": None, "is_mine_already": True},
        ),
        Sample("console-look-up", "console/look_up.html", {**frame, "account": None}),
        Sample(
            "console-looked-up",
            "console/look_up.html",
            {
                **frame,
                "account": Thing(
                    name=cast.say("李*", "L*"),
                    status="active",
                    status_text=cast.say("使用中", "in use"),
                    level=2,
                    phone="199****0002",
                    identity="3****************8",
                    since=MORNING,
                    evidence=[
                        Thing(
                            what=cast.say("人口库姓名与号码比对", "Equal to the population register"),
                            at=MORNING,
                            until=NOON,
                            valid=True,
                        ),
                        Thing(
                            what=cast.say("手机号验证码", "Code sent to a phone"),
                            at=MORNING,
                            until=None,
                            valid=False,
                        ),
                    ],
                    cases=[_case(cast)],
                ),
            },
        ),
    ]


def _post(cast: Cast, **changes: Any) -> Thing:
    return Thing(
        **(
            {
                "id": "0195-9",
                "name": cast.say("周敏", "Zhou Min"),
                "username": "zhoumin-xihu",
                "organization": cast.say("杭州市西湖区政务服务中心", "Xihu District Service Centre"),
                "division": cast.say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
                "roles": [cast.say("实名核验员", "Proofing clerk")],
                "status": "active",
                "status_text": cast.say("在任", "in office"),
                "proposed_at": MORNING,
                "approved_at": NOON,
                "ended_at": None,
                "end_reason": None,
                "proposed_by": cast.say("陈静", "Chen Jing"),
                "approved_by": cast.say("高远", "Gao Yuan"),
                "ended_by": None,
                "taken_up": False,
            }
            | changes
        )
    )


def _officials(cast: Cast) -> list[Sample]:
    frame = _frame(cast)
    waiting = {"status": "proposed", "status_text": cast.say("待审批", "waiting for approval")}
    one = {
        **frame,
        "action": "/console/officials/0195-9",
        "back_url": "/console/officials",
        "may_approve": False,
        "may_refuse": False,
        "may_end": False,
        "is_own_proposal": False,
    }
    return [
        Sample(
            "console-officials",
            "console/officials.html",
            {**frame, "posts": [_post(cast), _post(cast, **waiting)], "older": "0195-9", "may_propose": True},
        ),
        Sample(
            "console-officials-none",
            "console/officials.html",
            {**frame, "posts": [], "older": None, "may_propose": False},
        ),
        Sample(
            "console-official-proposal",
            "console/official_proposal.html",
            {
                **frame,
                "roles": [
                    (
                        "agency_clerk",
                        cast.say("代办员", "Agency clerk"),
                        cast.say("协助在场群众", "Helps people who are present"),
                    ),
                    (
                        "supervisor",
                        cast.say("效能监察员", "Supervisor"),
                        cast.say("只看不改", "Changes nothing"),
                    ),
                ],
                "divisions": [("330106", cast.say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"))],
                "errors": {"roles": cast.say("请至少选择一个角色", "Choose at least one role")},
                "values": {"person": "zhoumin", "roles": []},
                "back_url": "/console/officials",
            },
        ),
        Sample(
            "console-official-to-approve",
            "console/official.html",
            {
                **one,
                "post": _post(cast, **waiting, approved_at=None),
                "may_approve": True,
                "may_refuse": True,
            },
        ),
        Sample(
            "console-official-own",
            "console/official.html",
            {
                **one,
                "post": _post(cast, **waiting, approved_at=None),
                "may_refuse": True,
                "is_own_proposal": True,
            },
        ),
        Sample("console-official", "console/official.html", {**one, "post": _post(cast), "may_end": True}),
        Sample(
            "console-official-ended",
            "console/official.html",
            {
                **one,
                "post": _post(
                    cast,
                    status="ended",
                    status_text=cast.say("已终止", "ended"),
                    ended_at=NOON,
                    ended_by=cast.say("高远", "Gao Yuan"),
                    end_reason=cast.say("调离", "Moved to another office"),
                ),
            },
        ),
        Sample(
            "console-take-up",
            "console/take_up.html",
            {"person": cast.person, "post": _post(cast), "action": "/console/take-up"},
        ),
        Sample(
            "console-take-up-none",
            "console/take_up.html",
            {"person": cast.person, "post": None, "action": "/console/take-up"},
        ),
    ]


def _version(cast: Cast, **changes: Any) -> Thing:
    return Thing(
        **(
            {
                "number": 2,
                "state": "proposed",
                "state_text": cast.say("待审批", "waiting for approval"),
                "effective_from": NOON,
                "digest": "01b766d0c5fed7f7" * 4,
                "proposed_by": cast.say("高远", "Gao Yuan"),
                "proposed_at": MORNING,
                "approved_by": None,
                "approved_at": None,
                "rejected_by": None,
                "rejected_at": None,
                "rejected_reason": None,
            }
            | changes
        )
    )


def _levels(cast: Cast) -> list[Sample]:
    frame = _frame(cast)
    changes = [
        Change("proofing.citizen: network_id", "level 3", "level 2"),
        Change("floors.items.identity_number", None, "4"),
        Change("evidence.vouch.days", "731", None),
    ]
    one = {
        **frame,
        "version": _version(cast),
        "action": "/console/levels/2",
        "back_url": "/console/levels",
        "changes": changes,
        "run": None,
        "busy": False,
        "is_own_proposal": False,
        "may_simulate": False,
        "may_approve": False,
        "may_reject": False,
    }
    result = {
        "accounts": 100_000,
        "lowered": 412,
        "raised": 7,
        "moves": [{"kind": "citizen", "before": 3, "after": 2, "accounts": 412}],
        "relying_parties": [
            {"client_id": "county-registry", "needs_before": 3, "needs_after": 3, "lost": 412, "gained": 0}
        ],
    }
    done = Thing(state="done", looked_at=100_000, asked_at=NOON, result=result)
    nobody = Thing(
        state="done",
        looked_at=3,
        asked_at=NOON,
        result={"accounts": 3, "lowered": 0, "raised": 0, "moves": [], "relying_parties": []},
    )
    return [
        Sample(
            "console-levels",
            "console/levels.html",
            {
                **frame,
                "policy": packaged.policy(),
                "number": 1,
                "versions": [
                    _version(cast),
                    _version(cast, number=1, state="in_force", state_text=cast.say("生效中", "in force")),
                ],
                "older": 1,
                "may_propose": True,
            },
        ),
        Sample(
            "console-levels-none",
            "console/levels.html",
            {
                **frame,
                "policy": packaged.policy(),
                "number": 0,
                "versions": [],
                "older": None,
                "may_propose": False,
            },
        ),
        Sample(
            "console-levels-draft",
            "console/levels_draft.html",
            {
                **frame,
                "problems": [],
                "changes": changes,
                "values": {"document": "fal = 2\n", "effective_from": "2027-01-01T00:00"},
                "back_url": "/console/levels",
            },
        ),
        Sample(
            "console-levels-mistakes",
            "console/levels_draft.html",
            {
                **frame,
                "problems": ["fal: must be a whole number from 1 to 3", "caps.A1: is missing"],
                "changes": None,
                "values": {"document": "fal = 7\n", "effective_from": ""},
                "errors": {"document": cast.say("文件有 2 处错误", "The file has mistakes: 2")},
                "back_url": "/console/levels",
            },
        ),
        Sample("console-version-new", "console/levels_version.html", {**one, "may_simulate": True}),
        Sample(
            "console-version-busy",
            "console/levels_version.html",
            {
                **one,
                "run": Thing(state="running", looked_at=12_000, asked_at=NOON, result=None),
                "busy": True,
                "is_own_proposal": True,
                "may_reject": True,
            },
        ),
        Sample(
            "console-version-to-approve",
            "console/levels_version.html",
            {**one, "run": done, "may_simulate": True, "may_approve": True, "may_reject": True},
        ),
        Sample(
            "console-version-rejected",
            "console/levels_version.html",
            {
                **one,
                "version": _version(
                    cast,
                    state="rejected",
                    state_text=cast.say("已否决", "rejected"),
                    rejected_at=NOON,
                    rejected_by=cast.say("唐敏", "Tang Min"),
                    rejected_reason=cast.say("时机不成熟", "Too early"),
                ),
                "changes": None,
                "run": nobody,
            },
        ),
        Sample(
            "console-version-failed",
            "console/levels_version.html",
            {
                **one,
                "version": _version(cast, approved_at=NOON, approved_by=cast.say("唐敏", "Tang Min")),
                "changes": [],
                "run": Thing(state="failed", looked_at=0, asked_at=NOON, result=None),
            },
        ),
    ]


def _record(cast: Cast) -> list[Sample]:
    frame = _frame(cast)
    place = cast.say("浙江省", "Zhejiang")
    event = Thing(
        at=NOON,
        what=cast.say("处理个案", "Decided a case"),
        name="case.decided",
        official=cast.say("何刚", "He Gang"),
        about="019f0000-0000-7000-8000-000000000000",
        division=cast.say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
        reason=cast.say("材料齐全", "Everything fits"),
        facts=[(cast.say("角色", "Roles"), cast.say("实名核验员", "Proofing clerk"))],
        sealed=True,
    )
    return [
        Sample(
            "console-record",
            "console/record.html",
            {**frame, "events": [event], "older": "x", "place": place},
        ),
        Sample(
            "console-record-none",
            "console/record.html",
            {**frame, "events": [], "older": None, "place": place},
        ),
    ]
