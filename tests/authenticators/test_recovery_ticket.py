"""Tickets and stop addresses: shown once, kept as digests."""

import string
from uuid import UUID, uuid4

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.authenticators import recovery_ticket


def test_tickets_are_random_and_read_as_they_are_typed(context: Flask) -> None:
    tickets = {recovery_ticket.new() for _ in range(50)}
    assert len(tickets) == 50
    for ticket in tickets:
        assert len(ticket.replace("-", "")) == recovery_ticket.LENGTH
        digest = recovery_ticket.find_digest(ticket)
        assert digest is not None
        assert recovery_ticket.find_digest(ticket.lower().replace("-", " ")) == digest


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_no_error(context: Flask, typed: str) -> None:
    digest = recovery_ticket.find_digest(typed)
    plain = [one for one in typed.upper() if one.isalnum()]
    assert (digest is None) or len(plain) >= recovery_ticket.LENGTH
    assert len(recovery_ticket.stop_digest(typed.encode("utf-8", "replace").decode())) == 32


def test_the_stop_address_is_the_same_each_time_and_anothers_is_another(context: Flask) -> None:
    one = UUID(int=1)
    assert recovery_ticket.stop_token(one) == recovery_ticket.stop_token(one)
    assert recovery_ticket.stop_token(one) != recovery_ticket.stop_token(uuid4())
    assert len(recovery_ticket.stop_token(one)) >= 32
    assert set(recovery_ticket.stop_token(one)) <= set(string.ascii_letters + string.digits + "-_")
