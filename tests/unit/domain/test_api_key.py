"""API keys."""

from shared.domain.api_key import generate_key, hash_key
from tests.fakes.acme import KEY, key_of
from tests.fakes.clock import NOON


def test_keys_are_long_and_differ() -> None:
    keys = {generate_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(key.startswith("cdp_") and len(key) == 47 for key in keys)


def test_a_keys_hash_is_its_sha_256_in_hexadecimal_digits() -> None:
    assert hash_key("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_is_kept_of_a_key_holds_no_key() -> None:
    assert KEY not in key_of("acme", KEY).model_dump_json()


def test_only_the_hash_of_the_key_itself_opens() -> None:
    key = key_of("acme", KEY)

    assert key.opens(hash_key(KEY), now=NOON)
    assert not key.opens(hash_key("other"), now=NOON)
    assert not key.model_copy(update={"is_active": False}).opens(hash_key(KEY), now=NOON)
