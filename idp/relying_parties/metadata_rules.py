"""Rules between the fields of a relying party's metadata: what is right alone can be wrong together.

Pure. Each rule yields (field, reason) pairs. RFC 7591 §2.1, RFC 9700 §2.1, OpenID Connect Core §8.1
(sectors), Front-Channel Logout §2.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from idp.keys import jwk_rules
from idp.network_address import is_loopback
from idp.relying_parties import relying_party, uri_rules
from idp.relying_parties.localized import Localized

Problems = Iterator[tuple[str, str]]
Values = dict[str, Any]

WEB_ADDRESSES = (
    "sector_identifier_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
    "initiate_login_uri",
    "account_linking_uri",
    "account_check_uri",
)
LOCALIZED_ADDRESSES = ("client_uri", "policy_uri", "tos_uri")


def problems(values: Values, *, sandbox: bool) -> Problems:
    """Yield everything that is wrong between *values*, which were each read already."""
    astray = list(_addresses(values, sandbox=sandbox))
    yield from astray
    yield from _grants(values)
    yield from _authentication(values)
    yield from _request_objects(values)
    yield from _items(values)
    yield from _linking(values)
    # What follows from the addresses is worth saying only when they are right.
    wrong = {name.partition("[")[0] for name, _ in astray}
    if "authorization_code" in values["grant_types"] and "redirect_uris" not in wrong:
        yield from _sector(values, sandbox=sandbox)
        if "frontchannel_logout_uri" not in wrong:
            yield from _frontchannel(values)


def warnings(values: Values) -> Problems:
    """Yield what works, but hardly as meant."""
    if "offline_access" in values["scope"] and "refresh_token" not in values["grant_types"]:
        yield "scope", "offline_access has no effect without refresh_token in grant_types"
    asks = "authorization_code" in values["grant_types"] and values["legal_basis"] == relying_party.CONSENT
    if asks and not values["purpose"]:
        yield "purpose", "is missing: the consent page cannot say what the data is for"
    if asks and not values["organization_name"]:
        yield "organization_name", "is missing: the consent page cannot say who receives the data"


def _addresses(values: Values, *, sandbox: bool) -> Problems:
    native = values["application_type"] == relying_party.NATIVE
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for number, uri in enumerate(values[name]):
            yield from _reason(
                f"{name}[{number}]",
                uri,
                lambda u: uri_rules.check_redirect_uri(u, sandbox=sandbox, native=native),
            )
    for name in WEB_ADDRESSES:
        yield from _reason(name, values[name], lambda u: uri_rules.check_web_address(u, sandbox=sandbox))
    for number, uri in enumerate(values["security_event_uris"]):
        label = f"security_event_uris[{number}]"
        yield from _reason(label, uri, lambda u: uri_rules.check_web_address(u, sandbox=sandbox))
    for name in LOCALIZED_ADDRESSES:
        for label, uri in _written(name, values[name]):
            yield from _reason(label, uri, lambda u: uri_rules.check_web_address(u, sandbox=sandbox))
    for label, uri in _written("logo_uri", values["logo_uri"]):
        yield from _reason(label, uri, lambda u: uri_rules.check_logo(u, sandbox=sandbox))


def _written(name: str, value: Localized) -> list[tuple[str, str]]:
    tagged = [(f"{name}#{tag}", uri) for tag, uri in value.tagged]
    return tagged if value.default in {uri for _, uri in tagged} else [(name, value.default), *tagged]


def _reason(name: str, uri: str, check: Callable[[str], object]) -> Problems:
    try:
        if uri:
            check(uri)
    except ValueError as error:
        yield name, str(error)


def _grants(values: Values) -> Problems:
    code_flow = "authorization_code" in values["grant_types"]
    if not values["grant_types"]:
        yield "grant_types", "must not be empty"
    if code_flow and "code" not in values["response_types"]:
        yield "response_types", "must contain code, because grant_types contains authorization_code"
    if not code_flow and values["response_types"]:
        yield "response_types", "must be empty without authorization_code in grant_types"
    if code_flow and not values["redirect_uris"]:
        yield "redirect_uris", "needs at least one address"
    if "refresh_token" in values["grant_types"] and not code_flow:
        yield "grant_types", "refresh_token needs authorization_code beside it"


def _authentication(values: Values) -> Problems:
    method, keys = values["token_endpoint_auth_method"], values["jwks"]
    if method == relying_party.NONE:
        if "client_credentials" in values["grant_types"]:
            yield "grant_types", "client_credentials needs a client that authenticates (RFC 6749 §4.4)"
        if not values["require_pkce"]:
            yield "require_pkce", "public clients always need PKCE (RFC 9700 §2.1.1)"
    if method == relying_party.PRIVATE_KEY_JWT:
        alg = values["token_endpoint_auth_signing_alg"]
        if keys is None:
            yield "jwks", "is missing: private_key_jwt needs the public keys"
        elif alg and alg not in jwk_rules.algs(keys):
            yield "token_endpoint_auth_signing_alg", f"no key of jwks can verify {alg}"


def _request_objects(values: Values) -> Problems:
    keys, alg = values["jwks"], values["request_object_signing_alg"]
    if keys is None and (alg or values["require_signed_request_object"]):
        yield "jwks", "is missing: signed request objects need the public keys"
    elif keys is not None and alg and alg not in jwk_rules.algs(keys):
        yield "request_object_signing_alg", f"no key of jwks can verify {alg}"


def _items(values: Values) -> Problems:
    names = [item.name for item in values["items"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "items", f"{name} is there twice"


def _linking(values: Values) -> Problems:
    if values["account_check_uri"] and not values["account_check_question"]:
        yield "account_check_question", "is missing: the page cannot say what account_check_uri wants to know"


def _sector(values: Values, *, sandbox: bool) -> Problems:
    if values["subject_type"] != relying_party.PAIRWISE or values["sector_identifier_uri"]:
        return
    hosts = {urlsplit(uri).hostname or "" for uri in values["redirect_uris"]}
    if len(hosts) > 1:
        yield "sector_identifier_uri", "is missing: redirect_uris has several hosts, subject_type is pairwise"
    elif "" in hosts or (not sandbox and any(map(is_loopback, hosts))):
        yield "sector_identifier_uri", "is missing: no host in redirect_uris tells this service from others"


def _frontchannel(values: Values) -> Problems:
    uri = values["frontchannel_logout_uri"]
    if uri and uri_rules.origin(uri) not in {
        uri_rules.origin(redirect) for redirect in values["redirect_uris"]
    }:
        yield "frontchannel_logout_uri", "must have the scheme, host and port of one of the redirect_uris"
