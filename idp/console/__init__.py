"""Doors for officials: one file per screen, each with its ``blueprint``, below /console (and /assisted, for clerks).

Owns the frame, who may come in (`entrance`) and the words (`wording`). Decides nothing itself: rights are
`idp.operators.rights`, cases `idp.proofing`, levels `idp.level_policy`. Every look-up and every decision goes on record
with the official and the reason (`entrance.on_record`).
One more screen: a module with `blueprint`, whose ``before_request`` is `entrance.require`, a template, its Chinese
texts, its right in `rights.Act` and, when it stands in the list, its key in `entrance.rooms`; added to ALL.
"""

from types import ModuleType

from idp.console import (
    assist,
    assist_case,
    case,
    cases,
    federation,
    federation_add,
    federation_explain,
    federation_marks,
    federation_node,
    federation_policy,
    federation_subordinate,
    guardians,
    home,
    levels,
    levels_draft,
    levels_version,
    look_up,
    official,
    official_proposal,
    officials,
    record,
    stream,
    streams,
    take_up,
)

ALL: tuple[ModuleType, ...] = (
    home,
    assist,
    assist_case,
    cases,
    case,
    guardians,
    look_up,
    levels,
    levels_draft,
    levels_version,
    officials,
    official_proposal,
    official,
    take_up,
    federation,
    federation_node,
    federation_subordinate,
    federation_add,
    federation_policy,
    federation_marks,
    federation_explain,
    streams,
    stream,
    record,
)
