"""What an address of ``/login`` asks for: a level, words of scope, another person, and the page to come back to.

``iss`` and ``target_link_uri`` come from the provider's page of services (OpenID Connect Core §4).
"""

from collections.abc import Collection, Mapping

from tongxing_client import errors, page_need, return_to

_MAX_ACR = 255


def read_ask(asked: Mapping[str, str], extra_scopes: Collection[str]) -> page_need.Ask:
    """What the provider is to be asked; ``CallbackRefused`` for an acr that cannot be one."""
    acr = tuple(asked.get("acr", "").split())
    if sum(map(len, acr)) > _MAX_ACR or not all(value.isascii() and value.isprintable() for value in acr):
        raise errors.CallbackRefused("acr is too long or has characters it may not have")
    # Words of the address that the site never asks for are nobody's wish.
    scope = tuple(set(extra_scopes).intersection(asked.get("scope", "").split()))
    return page_need.Ask(acr=acr, scope=scope, prompt="select_account" if asked.get("switch") else None)


def find_page(asked: Mapping[str, str], *, site_url: str, issuer: str) -> str | None:
    """The page of this site to come back to; ``CallbackRefused`` when somebody else's provider begins the login."""
    if asked.get("iss", issuer) != issuer:
        raise errors.CallbackRefused("iss is not the provider of this site")
    target = return_to.find_page_of(site_url, asked.get("target_link_uri"))
    return target or return_to.find_local_path(asked.get("return_to"))
