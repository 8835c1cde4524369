import concurrent.futures

from clients.gateway import cas_ticket
from clients.gateway.cas_ticket import Granted
from tongxing_client.session_store import InMemorySessionStore

GRANTED = Granted(
    service="https://school.example.gov.cn/app/", user="u", attributes={"name": "张伟"}, is_renewed=False
)


def test_a_ticket_is_long_random_and_good_once() -> None:
    store = InMemorySessionStore()
    ticket = cas_ticket.issue(store, GRANTED)
    assert ticket.startswith("ST-")
    assert len(ticket) >= 32 + len("ST-")
    assert ticket != cas_ticket.issue(store, GRANTED)
    assert cas_ticket.take(store, ticket) == GRANTED
    assert cas_ticket.take(store, ticket) is None


def test_a_ticket_is_good_for_a_minute() -> None:
    now = 0.0
    store = InMemorySessionStore(now=lambda: now)
    young, old = cas_ticket.issue(store, GRANTED), cas_ticket.issue(store, GRANTED)
    now = 59.0
    assert cas_ticket.take(store, young) == GRANTED
    now = 61.0
    assert cas_ticket.take(store, old) is None


def test_of_many_who_show_it_at_once_one_is_told() -> None:
    store = InMemorySessionStore()
    ticket = cas_ticket.issue(store, GRANTED)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: cas_ticket.take(store, ticket), range(32)))
    assert [one for one in taken if one is not None] == [GRANTED]


def test_the_store_does_not_hold_the_ticket_itself() -> None:
    store = InMemorySessionStore()
    ticket = cas_ticket.issue(store, GRANTED)
    assert ticket not in repr(vars(store))


def test_texts_that_are_no_tickets_find_nothing() -> None:
    store = InMemorySessionStore()
    assert [cas_ticket.take(store, text) for text in ("", "ST-", "ST-\ud800", "x" * 10_000)] == [None] * 4
