"""The trust marks of a chain's subject (OpenID Federation 1.0 §7.3)."""

from joserfc.jwk import ECKey

from idp.federation.explanation import Step
from idp.federation.trust_chain import TrustChain
from tests.federation.line import CITY, NATION, NOW, SITE, Entity, Line

DJ3, MIPING, OLD = (
    f"https://nation.example/trust-marks/{name}" for name in ("dengbao-3", "miping", "shilaohua")
)
ASSESSOR = Entity("https://assessor.example")


def mark(issuer: Entity, mark_type: str = DJ3, **claims: object) -> dict[str, str]:
    made = {
        "iss": issuer.name,
        "sub": SITE,
        "trust_mark_type": mark_type,
        "iat": NOW,
        "exp": NOW + 600,
    } | claims
    return {"trust_mark_type": mark_type, "trust_mark": issuer.sign("trust-mark+jwt", made)}


def line() -> Line:
    made = Line()
    made.own[-1]["trust_mark_issuers"] = {
        DJ3: [CITY, NATION, ASSESSOR.name],
        MIPING: [ASSESSOR.name],
        OLD: [],
    }
    return made


def told(chain: TrustChain) -> list[tuple[str, str, str, str]]:
    return [
        (step.operator, step.superior_id, step.outcome, step.rule)
        for step in chain.steps
        if step.kind == "trust_mark"
    ]


def test_marks_by_superiors_and_by_the_entity_itself() -> None:
    made = line()
    site, city, _province, nation = made.entities
    made.own[0]["trust_marks"] = [mark(city), mark(nation, exp=NOW + 10), mark(site, OLD)]
    chain = made.verify()
    assert [(one.type, one.iss) for one in chain.trust_marks] == [(DJ3, CITY), (DJ3, NATION), (OLD, SITE)]
    assert chain.open_marks == ()
    assert told(chain) == [
        (DJ3, CITY, "passed", ""),
        (DJ3, NATION, "passed", ""),
        (OLD, SITE, "passed", ""),
    ]
    assert [one.is_valid(NOW + 20) for one in chain.trust_marks] == [True, False, True]


def test_a_key_that_the_superior_does_not_know_signs_no_mark() -> None:
    made = line()
    site = made.entities[0]
    hidden = Entity(SITE, ECKey.generate_key("P-256", {"kid": "hidden"}))
    made.own[0] |= {
        "jwks": {"keys": [*site.jwks["keys"], *hidden.jwks["keys"]]},
        "trust_marks": [mark(hidden, OLD), mark(site, OLD)],
    }
    chain = made.verify()
    assert [(superior, rule) for _type, superior, _outcome, rule in told(chain)] == [
        (SITE, "unknown_key"),
        (SITE, ""),
    ]
    assert len(chain.trust_marks) == 1


def test_an_issuer_from_elsewhere_waits_for_its_keys() -> None:
    made = line()
    made.own[0]["trust_marks"] = [mark(ASSESSOR, MIPING)]
    tokens = made.tokens
    chain = made.verify(tokens)
    assert chain.trust_marks == ()
    assert [(one.type, one.issuer) for one in chain.open_marks] == [(MIPING, ASSESSOR.name)]
    assert told(chain) == [(MIPING, ASSESSOR.name, "ignored", "unknown_issuer")]
    known = made.verify(tokens, mark_issuers={ASSESSOR.name: ASSESSOR.keys})
    assert [one.type for one in known.trust_marks] == [MIPING]
    assert known.open_marks == ()


def test_what_does_not_count_does_no_harm_to_the_chain() -> None:
    made = line()
    site, city, _province, _nation = made.entities
    made.own[0]["trust_marks"] = [
        mark(Entity(CITY)),
        mark(city, exp=NOW),
        mark(city, sub="https://other.example"),
        mark(city, MIPING),
        mark(site, DJ3),
        mark(city, "https://nation.example/unknown"),
    ]
    chain = made.verify()
    assert (chain.trust_marks, chain.open_marks) == ((), ())
    assert [(superior, rule) for _type, superior, _outcome, rule in told(chain)] == [
        (CITY, "signature"),
        (CITY, "exp"),
        (CITY, "sub"),
        (CITY, "iss"),
        (SITE, "iss"),
        (CITY, "trust_mark_type"),
    ]


def test_a_mark_that_was_withdrawn() -> None:
    made = line()
    made.own[0]["trust_marks"] = [mark(made.entities[1], exp=NOW + 900), mark(made.entities[3])]
    withdrawn = made.own[0]["trust_marks"][0]["trust_mark"]
    chain = made.verify(inactive_marks=[withdrawn])
    assert [one.iss for one in chain.trust_marks] == [NATION]
    assert told(chain)[0] == (DJ3, CITY, "ignored", "status")


def test_without_the_anchors_word_no_mark_counts() -> None:
    made = line()
    made.own[0]["trust_marks"] = [mark(made.entities[1])]
    chain = made.verify(made.tokens[:-1])
    assert (chain.trust_marks, chain.open_marks, told(chain)) == ((), (), [])


def test_only_the_anchor_says_who_issues() -> None:
    """§3.1.2: what anybody else says of issuers and owners is ignored."""
    made = line()
    stranger = Entity("https://stranger.example")
    made.own[0] |= {
        "trust_mark_issuers": {DJ3: [stranger.name]},
        "trust_mark_owners": {DJ3: {"sub": SITE, "jwks": made.entities[0].jwks}},
        "trust_marks": [mark(stranger), mark(made.entities[1])],
    }
    chain = made.verify(mark_issuers={stranger.name: stranger.keys})
    assert [one.iss for one in chain.trust_marks] == [CITY]


def test_a_mark_that_is_of_another_kind() -> None:
    made = line()
    token = made.entities[1].sign("JWT", {"trust_mark_type": DJ3})
    made.own[0]["trust_marks"] = [{"trust_mark_type": DJ3, "trust_mark": token}]
    chain = made.verify()
    step: Step = chain.steps[-1]
    assert (step.rule, step.superior_id, step.outcome) == ("typ", "", "ignored")
