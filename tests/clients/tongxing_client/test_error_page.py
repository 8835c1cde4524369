import pytest

from tongxing_client import error_page, errors


def _every_error() -> list[errors.TongxingError]:
    found: list[errors.TongxingError] = []
    kinds = [errors.TongxingError]
    while kinds:
        kind = kinds.pop()
        # What others make of them brings words of its own.
        kinds.extend(one for one in kind.__subclasses__() if one.__module__ == errors.__name__)
        found.append(
            kind("sub", "detail") if issubclass(kind, errors.TokenInvalid) else kind("private-detail")
        )
    return found


@pytest.mark.parametrize("error", _every_error(), ids=lambda error: type(error).__name__)
def test_every_error_has_words_in_both_languages_and_keeps_its_detail(error: errors.TongxingError) -> None:
    problem = error_page.describe(error, "ref-1")
    page = error_page.render(problem, "/login")
    assert problem.zh[0] in page
    assert problem.en[1] in page
    assert f'data-error="{error.code}"' in page
    assert 'data-trace="ref-1"' in page
    assert "private-detail" not in page
    assert ("/login" in page) is problem.can_retry


def test_an_unavailable_provider_is_not_called_a_bad_login() -> None:
    problem = error_page.describe(errors.ProviderUnavailable("down"), "r")
    assert problem.status == 503
    assert "暂时" in problem.zh[0]


def test_what_is_put_into_the_page_is_escaped() -> None:
    problem = error_page.describe(errors.TongxingError("x"), '"><script>')
    assert "<script>" not in error_page.render(problem, '"><script>')
