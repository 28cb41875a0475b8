"""API keys."""

from datetime import timedelta

import pytest

from shared.domain.api_key import ActiveKey, generate_key, hash_key
from tests.fakes.acme import KEY, key_of
from tests.fakes.clock import NOON


def test_keys_are_long_and_differ() -> None:
    keys = {generate_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(key.startswith("cdp_") and len(key) == 47 for key in keys)


def test_no_keys_last_four_characters_are_an_option_of_a_command() -> None:
    assert not [key for key in (generate_key() for _ in range(2000)) if key[-4] == "-"]


def test_a_keys_hash_is_its_sha_256_in_hexadecimal_digits() -> None:
    assert hash_key("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_is_kept_of_a_key_holds_no_key() -> None:
    assert KEY not in key_of("acme", KEY).model_dump_json()


def active(**fields: object) -> ActiveKey:
    known = {"api_key_hash": hash_key(KEY), "tenant_id": "acme", "expires_at": None}
    return ActiveKey.model_validate(known | fields)


def test_only_the_hash_of_the_key_itself_opens() -> None:
    assert active().opens(hash_key(KEY), now=NOON)
    assert not active().opens(hash_key("other"), now=NOON)


def test_a_key_opens_until_it_expires() -> None:
    key = active(expires_at=NOON)

    assert key.opens(hash_key(KEY), now=NOON - timedelta(microseconds=1))
    assert not key.opens(hash_key(KEY), now=NOON)


@pytest.mark.parametrize("tenant_id", ["metadata", "ac", "acme corp", "", "acme\n"])
def test_a_key_of_what_no_tenant_can_be_called_opens_nothing(tenant_id: str) -> None:
    assert not active(tenant_id=tenant_id).opens(hash_key(KEY), now=NOON)
