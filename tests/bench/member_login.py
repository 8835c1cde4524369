"""``python -m tests.bench.member_login``: a login by a member of the federation beside one by a registered site.

Both sign their requests and prove themselves by key; the person is logged in and has agreed. Turns alternate, so that
whatever else the machine does befalls both. Budget: the member's login takes no more than the other's (MOST_RATIO
leaves room for noise) and asks the database nothing more.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from idp.db import commit
from idp.federation import trust_anchor
from tests.federation.elsewhere import Elsewhere
from tests.person import Visitor
from tests.provider import Provider, Template, counted
from tests.relying_parties.member import Federation, at
from tests.site import PUBLIC_JWKS, Site, answered

MOST_RATIO = 1.1
BY_KEY = {"token_endpoint_auth_method": "private_key_jwt", "client_secret": None, "jwks": PUBLIC_JWKS}
ASKED = {
    "items": [{"name": "name", "required": True}, {"name": "phone_number"}],
    "scope": "openid profile phone",
}


def main() -> int:
    """Measure both, print milliseconds, queries and the ratio; 1 when the member costs more."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.member_login", description=__doc__)
    parser.add_argument("--logins", type=int, default=300)
    logins = parser.parse_args().logins
    elsewhere = Elsewhere()
    with tempfile.TemporaryDirectory() as directory:
        provider = Template(Path(directory)).on_sqlite(Path(directory))
        try:
            return _run(provider, Federation(elsewhere), logins)
        finally:
            provider.close()
            elsewhere.close()


def _run(provider: Provider, federation: Federation, logins: int) -> int:
    with provider.context():
        trust_anchor.add(federation.nation.id, federation.nation.jwks)
        commit()
    member, registered = at(provider, federation.site()), provider.site(**BY_KEY, **ASKED)
    person = provider.person()
    visitors: dict[str, Visitor] = {}
    for site in (member, registered):
        visitors[site.id] = site.visitor()
        visitors[site.id].arrive(site.signed_url(site.request_object()), person)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    statements: dict[str, int] = {}
    for number in range(logins):
        for site in (member, registered) if number % 2 else (registered, member):
            with counted(provider.app) as counts:
                seconds[site.id].append(_login(site, visitors[site.id]))
            statements[site.id] = min(len(counts.statements), statements.get(site.id, 1000))
    medians = {name: statistics.median(times) * 1000 for name, times in seconds.items()}
    ratio = medians[member.id] / medians[registered.id]
    for title, site in (("member of the federation", member), ("registered site", registered)):
        sys.stdout.write(f"{title:26}{medians[site.id]:8.2f} ms{statements[site.id]:6} statements\n")
    sys.stdout.write(f"{'ratio':26}{ratio:8.3f}\n")
    return int(ratio > MOST_RATIO or statements[member.id] > statements[registered.id])


def _login(site: Site, visitor: Visitor) -> float:
    """Authorize, redeem, ask who it is; return the provider's seconds and what signing takes here."""
    began = time.perf_counter()
    visitor.open(site.signed_url(site.request_object()))
    tokens = site.redeem(answered(visitor.location)["code"])
    assert site.userinfo(tokens["access_token"]).status_code == 200
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
