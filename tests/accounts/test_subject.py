"""Subject identifiers (OIDC Core §8), as relying parties compare them."""

from uuid import uuid4

import pytest

from idp.accounts import subject
from tests.person import Person
from tests.provider import Provider
from tests.site import Site, decoded


@pytest.fixture(scope="module")
def person(provider: Provider) -> Person:
    return provider.person()


def sub(site: Site, person: Person) -> str:
    value: str = decoded(site.tokens(person)["id_token"])[1]["sub"]
    return value


def test_two_sites_cannot_compare_notes(provider: Provider, person: Person) -> None:
    one, other = provider.site(), provider.site()
    assert sub(one, person) != sub(other, person)
    assert sub(one, person) == sub(one, person)


def test_sites_of_one_sector_see_one_subject(provider: Provider, person: Person) -> None:
    """OIDC Core §8.1: the host of sector_identifier_uri."""
    sector = "https://sector.example.cn/hosts.json"
    one, other = provider.site(sector_identifier_uri=sector), provider.site(sector_identifier_uri=sector)
    assert sub(one, person) == sub(other, person)
    assert sub(one, person) != sub(provider.site(), person)


def test_a_public_subject_is_one_for_all_who_registered_it(provider: Provider, person: Person) -> None:
    one, other = provider.site(subject_type="public"), provider.site(subject_type="public")
    assert sub(one, person) == sub(other, person) != sub(provider.site(), person)


def test_every_answer_carries_the_same_subject(provider: Provider, person: Person) -> None:
    """OIDC Core §5.3.2."""
    site = provider.site()
    tokens = site.tokens(person)
    subs = {
        decoded(tokens["id_token"])[1]["sub"],
        decoded(tokens["access_token"])[1]["sub"],
        site.claims(tokens["access_token"])["sub"],
        site.introspect(tokens["access_token"])["sub"],
        site.introspect(tokens["refresh_token"])["sub"],
    }
    assert len(subs) == 1


def test_a_subject_reveals_nothing_and_fits(provider: Provider) -> None:
    """OIDC Core §2: at most 255 ASCII characters."""
    subject_id = uuid4()
    with provider.context():
        made = {
            subject.pairwise(subject_id, "a.example"),
            subject.pairwise(subject_id, "b.example"),
            subject.pairwise(subject_id, "public"),
            subject.public(subject_id),
            subject.pairwise(uuid4(), "a.example"),
        }
    assert len(made) == 5
    assert all(len(value) == 43 and value.isascii() and subject_id.hex not in value for value in made)
