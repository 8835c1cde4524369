import pytest

from clients.gateway import refusal
from clients.gateway.refusal import Refused


@pytest.mark.parametrize("code", ["no_rule", "no_service", "service_not_listed"])
def test_each_refusal_has_words_in_both_languages(code: str) -> None:
    problem = refusal.describe(Refused(code), "ref-1")
    assert (problem.status, problem.code, problem.reference) == (403, code, "ref-1")
    assert all(problem.zh)
    assert all(problem.en)
