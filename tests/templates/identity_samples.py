"""Believable contexts for merging and closing accounts."""

from types import SimpleNamespace as Thing

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample


def identity(cast: Cast) -> list[Sample]:
    """The pages about whose account it is."""
    mine = {"person": cast.person, "action": "/account/x", "back_url": "/account"}
    stays = Thing(name=cast.person.name, username="zhangwei", phone_masked="138****8000", created_at=MORNING)
    goes = Thing(name=cast.person.name, username=None, phone_masked="139****0001", created_at=NOON)
    return [
        Sample("account-merge", "account/merge.html", {**mine, "found": True, "errors": {}, "values": {}}),
        Sample(
            "account-merge-wrong",
            "account/merge.html",
            {
                **mine,
                "found": False,
                "errors": {
                    "": cast.say(
                        "尚未证实这两个账号属于同一个人", "These accounts are not proven to be one person's"
                    )
                },
                "values": {"identifier": "zhangwei2"},
            },
        ),
        Sample(
            "account-merge-confirm",
            "account/merge_confirm.html",
            {**mine, "kept": stays, "closed": goes, "logs_out": True, "errors": {}},
        ),
    ]
