"""Settings of the older system."""

from pathlib import Path

import pytest

from clients.legacy import settings
from tongxing_client import errors


def test_out_of_the_box_it_belongs_to_the_sandbox(tmp_path: Path) -> None:
    found = settings.read({"TONGXING_LEGACY_FOLDER": str(tmp_path)})
    assert (found.issuer, found.site_url) == ("http://localhost:8000", "http://localhost:8005")
    again = settings.read({"TONGXING_LEGACY_FOLDER": str(tmp_path)})
    assert again.key.thumbprint == found.key.thumbprint
    assert (tmp_path / "protocol.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"TONGXING_PORT": "0"},
        {"TONGXING_PORT": "x"},
        {"TONGXING_ISSUER": "http://id.example.cn"},
        {"TONGXING_LEGACY_URL": "ftp://localhost"},
        {"TONGXING_LEGACY_FOLDER": "/proc/nowhere"},
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(errors.WrongSettings):
        settings.read({"TONGXING_LEGACY_FOLDER": str(tmp_path)} | wrong)
