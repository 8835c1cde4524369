"""Ways of proving: one file per evidence code (domain §2); what a piece is worth, the level policy says.

Each reads a form, turns it into one question and the answer into an outcome. Does not own the case it is used in
(`idp.proofing.case`), nor what is written afterwards (`idp.proofing.conclusion`).
One more: a file named like its evidence code with CODE, KIND, WAY, NEEDS and `read` (and `question` with `judge` where
a source is asked, `proven` where people decide, `judge_holder` where something is shown), added to ASKING, ATTENDED or
HELD; its evidence in config/assurance.toml; its texts and its page in `idp.pages`.
"""

from idp.errors import NotFound
from idp.proofing.verifier import Asking, Attended, Held, Verifier
from idp.proofing.verifiers import (
    bank4,
    business_licence,
    certificate,
    chip,
    counter,
    enterprise_certificate,
    enterprise_counter,
    enterprise_register,
    face,
    network_id,
    operator3,
    point,
    register,
    representative,
    vouch,
)

ASKING: tuple[Asking, ...] = (
    register,
    operator3,
    bank4,
    network_id,
    face,
    chip,
    enterprise_register,
    representative,
    business_licence,
)
ATTENDED: tuple[Attended, ...] = (point, counter, vouch, enterprise_counter)
HELD: tuple[Held, ...] = (certificate, enterprise_certificate)
ALL: tuple[Verifier, ...] = (*ASKING, *ATTENDED, *HELD)

_ALL = {one.CODE: one for one in ALL}
_ASKING = {one.CODE: one for one in ASKING}
_ATTENDED = {one.CODE: one for one in ATTENDED}
_HELD = {one.CODE: one for one in HELD}


def get(code: str) -> Verifier:
    """Return the verifier of that evidence; raises NotFound."""
    if code not in _ALL:
        raise NotFound("verifier_unknown", detail=code[:40])
    return _ALL[code]


def find_asking(code: str) -> Asking | None:
    """Return the verifier when it asks a source, else None."""
    return _ASKING.get(code)


def get_attended(code: str) -> Attended:
    """Return the verifier that people decide; raises NotFound."""
    if code not in _ATTENDED:
        raise NotFound("verifier_unknown", detail=code[:40])
    return _ATTENDED[code]


def get_held(code: str) -> Held:
    """Return the verifier of what is shown at this moment; raises NotFound."""
    if code not in _HELD:
        raise NotFound("verifier_unknown", detail=code[:40])
    return _HELD[code]
