"""Under which subject a site knows an account (OIDC Core §8)."""

from uuid import uuid4

from idp.relying_parties import subject
from tests.provider import Provider


def test_sectors_cannot_compare_and_public_sites_can(provider: Provider) -> None:
    person = uuid4()
    first, second = provider.site().rp, provider.site().rp
    public = [provider.site(subject_type="public").rp for _ in range(2)]
    with provider.context():
        assert subject.sub_of(person, first) == subject.sub_of(person, first)
        assert subject.sub_of(person, first) != subject.sub_of(person, second)
        assert len({subject.sub_of(person, one) for one in public}) == 1
