"""Metadata that tests start from."""

from typing import Any

SECRET = "nOtAsEcRet-0123456789-0123456789-abcdef"


def web(**changes: Any) -> dict[str, Any]:
    """Return complete metadata of a web service; a change to None takes a field away."""
    document = {
        "client_id": "housing-fund",
        "client_name": "住房公积金",
        "client_name#en": "Housing Fund",
        "organization_name": "杭州住房公积金管理中心",
        "division_code": "330100",
        "purpose": "办理公积金业务",
        "purpose#en": "To serve you",
        "redirect_uris": ["https://fund.example.cn/callback"],
        "client_secret": SECRET,
    } | changes
    return {name: value for name, value in document.items() if value is not None}
