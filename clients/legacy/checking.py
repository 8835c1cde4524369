"""``/account-check``, our ``account_check_uri``: the provider asks whether what a person typed is right."""

from collections.abc import Callable

import flask
from flask.typing import ResponseReturnValue

from clients.legacy.attempts import Attempts
from clients.legacy.card_store import CardStore
from tongxing_client import errors
from tongxing_client.relying_party import RelyingParty

_NO_STORE = {"Cache-Control": "no-store"}


def add(
    app: flask.Flask,
    party: RelyingParty,
    store: CardStore,
    is_first_use: Callable[[str, float], bool],
) -> None:
    """Route ``/account-check``; five wrong answers for a card an hour, whoever asks."""
    wrong = Attempts(most=5, seconds=3600)

    @app.post("/account-check")
    def account_check() -> ResponseReturnValue:
        try:
            asked = party.check_account_question(flask.request.get_data(as_text=True), is_first_use)
        except errors.AccountQuestionInvalid as error:
            return {"error": "invalid_request", "error_description": error.check}, 400, _NO_STORE
        except errors.ProviderUnavailable:
            return {"error": "temporarily_unavailable"}, 503, {**_NO_STORE, "Retry-After": "5"}
        if wrong.are_too_many(asked.account):
            return {"error": "too_many_requests"}, 429, _NO_STORE
        found = store.find_by_answer(asked.account, asked.answer)
        if found is None:
            wrong.count(asked.account)
            return {"error": "no_match"}, 404, _NO_STORE
        return {"legacy_id": found.id}, 200, _NO_STORE
