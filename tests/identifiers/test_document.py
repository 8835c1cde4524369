import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.errors import InvalidInput
from idp.identifiers import document
from tests.identifiers import numbers


@pytest.mark.parametrize(
    ("kind", "number", "country", "born", "sex", "division"),
    [
        ("citizen_id", "11010519491231002x", "CHN", dt.date(1949, 12, 31), "female", "110105"),
        ("residence_permit", "810000199001010019", "CHN", dt.date(1990, 1, 1), "male", "810000"),
        ("foreign_resident", "933840199001010013", "CHN", dt.date(1990, 1, 1), "male", "330000"),
        ("passport", "e12345678", "CHN", None, None, None),
    ],
)
def test_every_kind_of_document_is_read(
    kind: str, number: str, country: str, born: dt.date | None, sex: str | None, division: str | None
) -> None:
    assert kind in document.ALL
    found = document.parse(kind, number)
    assert (found.type, found.number, found.country) == (kind, number.upper(), country)
    assert (found.birth_date, found.sex, found.division) == (born, sex, division)


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        document.parse("library_card", "1")
    assert (caught.value.code, caught.value.field) == ("identity_type_unknown", "type")


@given(numbers.citizen_ids | numbers.permits | numbers.foreign_residents)
def test_a_number_alone_says_what_it_is(number: str) -> None:
    found = document.find(number)
    assert found is not None
    assert found == document.parse(found.type, number)


@given(st.text(max_size=30))
def test_other_texts_are_nothing(text: str) -> None:
    found = document.find(text)
    assert found is None or found.number.isascii()


def test_a_masked_number_shows_its_ends_only() -> None:
    assert document.parse("citizen_id", "11010519491231002X").masked() == "1****************X"
