"""What events say, that it is documented, and that nothing personal is among it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.outbox.signal import Signal
from idp.shared_signals import event_types

AT = datetime(2026, 3, 9, 1, 12, 30, 500_000, UTC)


def test_every_signal_has_a_type_of_its_own() -> None:
    assert set(event_types.TYPES) == set(Signal)
    assert len(set(event_types.TYPES.values())) == len(Signal)
    assert list(event_types.SUPPORTED) == sorted(event_types.TYPES.values())


def test_the_documentation_has_every_event_and_no_other() -> None:
    page = Path("docs/shared-signals.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `((?:https|urn):[^`]+)` \|", page, re.MULTILINE))
    assert rows == set(event_types.SUPPORTED)


def test_the_example_of_the_documentation_is_one() -> None:
    page = Path("docs/shared-signals.md").read_text(encoding="utf-8")
    example = json.loads(page.split("An example, decoded:\n```json\n")[1].split("\n```")[0])
    ((name, members),) = example["events"].items()
    data = {"record_id": "r", "items": ["phone_number"], "initiating_entity": "user"}
    said = event_types.members(Signal.CONSENT_WITHDRAWN, data, AT)
    assert name == event_types.TYPES[Signal.CONSENT_WITHDRAWN]
    assert members.keys() == said.keys()
    assert example.keys() == {"iss", "aud", "jti", "iat", "toe", "sub_id", "events"}


@pytest.mark.parametrize(("before", "after", "direction"), [(1, 3, "increase"), (3, 0, "decrease")])
def test_a_level_change_says_both_and_which_way(before: int, after: int, direction: str) -> None:
    """CAEP 1.0: levels are strings of the namespace."""
    members = event_types.members(
        Signal.ASSURANCE_LEVEL_CHANGE, {"before": before, "after": after, "cause": "secret"}, AT
    )
    assert members == {
        "namespace": "urn:tongxing:ial",
        "previous_level": str(before),
        "current_level": str(after),
        "change_direction": direction,
        "event_timestamp": 1_773_018_750,
    }


def test_risc_knows_two_reasons() -> None:
    """RISC 1.0 §2.3."""
    assert event_types.members(Signal.ACCOUNT_DISABLED, {"reason": "hijacking"}, AT)["reason"] == "hijacking"
    assert "reason" not in event_types.members(Signal.ACCOUNT_DISABLED, {"reason": "deceased"}, AT)


@given(
    st.sampled_from(sorted(set(Signal) - {Signal.ASSURANCE_LEVEL_CHANGE})),
    st.dictionaries(
        st.sampled_from(
            ["sub", "session_id", "old_subject", "reference", "name", "phone", "cause", "before"]
        ),
        st.text(max_size=8) | st.none(),
    ),
)
def test_what_is_not_meant_for_sites_never_leaves(signal: Signal, data: dict[str, str | None]) -> None:
    assert event_types.members(signal, data, AT) == {"event_timestamp": 1_773_018_750}
