"""Believable contexts for the console's pages of streams."""

from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample


def streams(cast: Cast, frame: dict[str, Any]) -> list[Sample]:
    """The pages under /console/streams; *frame*: whose console it is."""
    one = {**frame, "older": None, "action": "/console/streams/0195-3", "back_url": "/console/streams"}
    good = {"failed": 0, "status": "enabled", "status_text": cast.say("已开启", "on")}
    return [
        Sample(
            "console-streams",
            "console/streams.html",
            {**frame, "streams": [_stream(cast), _stream(cast, **good)], "more": "0195-3"},
        ),
        Sample("console-streams-none", "console/streams.html", {**frame, "streams": [], "more": None}),
        Sample(
            "console-stream",
            "console/stream.html",
            {
                **one,
                "stream": _stream(cast),
                "failed": [_event(cast), _event(cast, error="HTTP 503")],
                "waiting": [
                    _event(cast, state="waiting", state_text=cast.say("等待发送", "waits"), error="")
                ],
                "told": [
                    _event(
                        cast, state="acknowledged", state_text=cast.say("已确认收到", "confirmed"), error=""
                    )
                ],
                "may_retry": True,
            },
        ),
        Sample(
            "console-stream-well",
            "console/stream.html",
            {
                **one,
                "stream": _stream(cast, is_push=False, **good),
                "failed": [],
                "waiting": [],
                "told": [],
                "may_retry": False,
            },
        ),
    ]


def _stream(cast: Cast, **changes: Any) -> Thing:
    return Thing(
        **(
            {
                "id": "0195-3",
                "site": cast.say("住房公积金", "Housing fund"),
                "client_id": "city-fund",
                "description": "",
                "status": "paused",
                "status_text": cast.say("已暂停", "paused"),
                "reason": cast.say("机房搬迁", "The data centre moves"),
                "is_push": True,
                "endpoint_url": "https://fund.example.cn/security_events",
                "created_at": MORNING,
                "failed": 2,
                "waiting": 1,
                "events": [
                    cast.say("登录结束", "A login ended"),
                    cast.say("用户撤回同意", "A person took back a consent"),
                ],
            }
            | changes
        )
    )


def _event(cast: Cast, **changes: Any) -> Thing:
    return Thing(
        **(
            {
                "id": "0195-8",
                "what": cast.say("用户撤回同意", "A person took back a consent"),
                "type": "urn:tongxing:event:consent-withdrawn",
                "state": "failed",
                "state_text": cast.say("未送达", "not arrived"),
                "at": MORNING,
                "state_at": NOON,
                "error": "refused: invalid_audience",
            }
            | changes
        )
    )
