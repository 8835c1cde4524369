from collections.abc import Iterator

import pytest

from idp.keys import field_cipher
from idp.keys.master_key import MasterKeyError
from tests.provider import Provider


@pytest.fixture(autouse=True)
def _context(provider: Provider) -> Iterator[None]:
    with provider.context():
        yield


def test_a_field_opens_in_its_own_row_only() -> None:
    sealed = field_cipher.seal("+8613800000000", "accounts.phone:1")
    assert "138" not in sealed
    assert field_cipher.open_sealed(sealed, "accounts.phone:1") == "+8613800000000"
    with pytest.raises(MasterKeyError):
        field_cipher.open_sealed(sealed, "accounts.phone:2")


def test_equal_values_are_found_by_an_index_that_reveals_nothing() -> None:
    index = field_cipher.blind_index("phone", "+8613800000000")
    assert index == field_cipher.blind_index("phone", "+8613800000000")
    assert len(index) == 32
    assert index != field_cipher.blind_index("phone", "+8613800000001")
    assert index != field_cipher.blind_index("identity_number", "+8613800000000"), "kinds cannot be compared"
    assert index != field_cipher.secret_digest("phone", "+8613800000000"), "nor purposes"


def test_kind_and_value_do_not_run_into_one_another() -> None:
    assert field_cipher.blind_index("a", "bc") != field_cipher.blind_index("ab", "c")
