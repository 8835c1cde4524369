"""Ids that sort by time of birth."""

import time
from uuid import UUID

from idp.uuid7 import uuid7


def test_it_is_a_version_7_of_now() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after
    assert UUID(str(made)) == made


def test_ids_of_one_thread_sort_in_the_order_they_were_made() -> None:
    made = []
    for _ in range(200):
        made.append(uuid7())
        time.sleep(0.00001)
    assert made == sorted(made)
    assert len({one.int & (1 << 62) - 1 for one in made}) == 200
