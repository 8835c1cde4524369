import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from tongxing_client import errors
from tongxing_client.signing_key import SigningKey

MakeKey = Callable[[str], SigningKey]


def test_a_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "site" / "federation.pem"
    made = SigningKey.of_file(file)
    assert SigningKey.of_file(file).thumbprint == made.thumbprint
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [one.name for one in file.parent.iterdir()] == ["federation.pem"]


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    file = tmp_path / "site" / "federation.pem"
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: SigningKey.of_file(file), range(32)))
    assert len({key.thumbprint for key in made}) == 1
    assert [one.name for one in file.parent.iterdir()] == ["federation.pem"]


def test_what_it_signs_holds_by_its_public_half_alone(new_key: MakeKey) -> None:
    key = new_key("a")
    public = ECKey.import_key(dict(key.public_jwk))
    assert "d" not in key.public_jwk
    assert public.thumbprint() == key.thumbprint == key.public_jwk["kid"]
    token = key.sign({"name": "西湖区"}, "kind+jwt", extra=["x"])
    opened = jwt.decode(token, public, registry=jws.JWSRegistry(strict_check_header=False))
    assert opened.claims == {"name": "西湖区"}
    assert opened.header == {"alg": "ES256", "typ": "kind+jwt", "kid": key.thumbprint, "extra": ["x"]}


def test_a_file_with_something_else_in_it_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "federation.pem"
    file.write_bytes(b"half a key")
    with pytest.raises(errors.WrongSettings, match="PEM"):
        SigningKey.of_file(file)
    assert file.read_bytes() == b"half a key"
