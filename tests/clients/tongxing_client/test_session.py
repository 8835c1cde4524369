from tongxing_client import relying_party, session, token


def _login(**changes: object) -> relying_party.Login:
    return relying_party.Login(
        id_token_claims={"sub": "s", "sid": "1", "amr": ["pwd"], "acr": "x", "auth_time": 5, **changes},
        userinfo_claims={"sub": "s", "name": "张伟"},
        tokens=token.TokenAnswer(
            access_token="at", expires_in=300, refresh_token="rt", id_token="a.b.c", scope=None
        ),
    )


def test_it_holds_what_the_login_gave() -> None:
    begun = session.begin(_login(), ("x",), 1000)
    assert (begun.sub, begun.sid, begun.acr, begun.amr, begun.auth_time) == ("s", "1", "x", ["pwd"], 5)
    assert (begun.access_token_ends_at, begun.refresh_token, begun.asked_acr) == (1300, "rt", ("x",))
    assert begun.claims["name"] == "张伟"
    assert begun.claims["auth_time"] == 5


def test_what_was_not_given_is_none() -> None:
    login = relying_party.Login(
        id_token_claims={"sub": "s"},
        userinfo_claims={},
        tokens=token.TokenAnswer(
            access_token="at", expires_in=None, refresh_token=None, id_token="a.b.c", scope=None
        ),
    )
    begun = session.begin(login, (), 1000)
    assert (begun.sid, begun.acr, begun.amr, begun.auth_time, begun.access_token_ends_at) == (
        None,
        None,
        [],
        None,
        None,
    )


def test_it_survives_the_store() -> None:
    begun = session.begin(_login(), ("x", "y"), 1000)
    assert session.Session.from_json(begun.to_json()) == begun
