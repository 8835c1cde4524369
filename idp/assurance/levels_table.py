"""Every combination of P, A and level asked, and what the relying party gets: docs/levels-table.md. Pure."""

from idp.assurance import acr, requested_level, session_level
from idp.assurance.policy import AUTHENTICATOR_LEVELS, LEVELS, Policy
from idp.assurance.requested_level import Asked, Outcome, Standing

ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("nothing", ()),
    *((f"L{level}", (name,)) for level, name in enumerate(acr.NAMES)),
    ("assisted", (acr.ASSISTED,)),
    ("unknown", ("urn:example:other",)),
)
WORDS = {
    Outcome.AUTHENTICATE: "sign in with more",
    Outcome.RAISE: "prove or enrol first",
    Outcome.UNMET: "refused",
}
INTRODUCTION = """\
# What a site gets for the level it asks 业务系统请求等级与应答对照表

Made by `idp levels table config/assurance.toml`; a test fails when it is stale. Rows: proofing level P of the account \
and authenticator level A of the session. Columns: the `acr_values` of the request, without any floor. \
Cells: the `acr` of the answer, or what happens instead:

- **sign in with more** 补充认证: the account can reach it by another login or a second factor;
- **prove or enrol first** 先补充实名或登录方式: proofing, or a new authenticator, is needed; a journey of its own;
- **refused** 拒绝: `unmet_authentication_requirements`.

The account's kind may reach P4. With A0 nobody is logged in and nothing is answered before a login. A floor \
(of the site, a scope or an item) raises what is wanted and never what is answered.
"""
SECTIONS = (
    (
        "Straight after a login; the account has nothing better enrolled 刚刚登录，账号无更强的登录方式",
        True,
        None,
    ),
    (
        "From single sign-on; the account has nothing better enrolled 单点登录，账号无更强的登录方式",
        False,
        None,
    ),
    (
        "From single sign-on; the account can show A3 单点登录，账号可用 A3 登录方式",
        False,
        AUTHENTICATOR_LEVELS[-1],
    ),
)
ASSISTED_TITLE = "An assisted session 代办员协办会话 (P of the person, A of the clerk)"


def table(policy: Policy) -> str:
    """Return the whole page (Markdown)."""
    parts = [INTRODUCTION]
    for title, just_authenticated, enrolled in SECTIONS:
        rows = [
            _row(policy, proofing, authenticator, enrolled, just_authenticated=just_authenticated)
            for proofing in LEVELS
            for authenticator in AUTHENTICATOR_LEVELS[1:]
        ]
        parts.append(_section(title, rows))
    assisted = [_assisted_row(policy, proofing) for proofing in LEVELS]
    parts.append(_section(ASSISTED_TITLE, assisted))
    return "\n".join(parts)


def answer(policy: Policy, values: tuple[str, ...], standing: Standing) -> str:
    """Return one cell."""
    decision = requested_level.decide(policy, Asked(values), standing)
    if decision.outcome is Outcome.SATISFIED:
        return f"`{decision.acr.removeprefix('urn:tongxing:')}`"
    return WORDS[decision.outcome]


def _section(title: str, rows: list[str]) -> str:
    head = "| P | A | session | " + " | ".join(name for name, _values in ASKED) + " |\n"
    return f"## {title}\n\n{head}|{'---|' * (len(ASKED) + 3)}\n" + "".join(rows)


def _row(
    policy: Policy, proofing: int, authenticator: int, enrolled: int | None, *, just_authenticated: bool
) -> str:
    standing = Standing(
        proofing=proofing,
        authenticator=authenticator,
        enrolled=authenticator if enrolled is None else enrolled,
        provable=LEVELS[-1],
        just_authenticated=just_authenticated,
        assisted=False,
    )
    return _line(policy, f"P{proofing} | A{authenticator}", standing)


def _assisted_row(policy: Policy, proofing: int) -> str:
    highest = AUTHENTICATOR_LEVELS[-1]
    standing = Standing(proofing, highest, highest, LEVELS[-1], just_authenticated=True, assisted=True)
    return _line(policy, f"P{proofing} | A{highest}", standing)


def _line(policy: Policy, start: str, standing: Standing) -> str:
    level = session_level.of(policy, standing.proofing, standing.authenticator)
    cells = " | ".join(answer(policy, values, standing) for _name, values in ASKED)
    return f"| {start} | L{level} | {cells} |\n"
