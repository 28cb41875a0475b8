"""What counts as a secret, and texts without it."""

import pytest

from shared.domain.secrecy import HIDDEN, looks_like_key, names_secret, without_secrets


@pytest.mark.parametrize(
    "name",
    ["token", "apiKey", "API_KEY", "x-api-key", "X-Auth-Token", "Authorization", "Cookie", "client_secret", "sig",
     "accessKey", "X-Functions-Key", "Ocp-Apim-Subscription-Key",
     "private_key", "dbPassword", "X-Auth", "DD-APPLICATION-KEY",
     "x-rapidapi-key", "X-Amz-Signature", "passphrase"],
)  # fmt: skip
def test_these_names_are_of_secrets(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    ["", "key", "page_token", "nextToken", "cursorToken", "max_tokens", "token_type", "access_token_url", "api_key_id",
     "Idempotency-Key", "partition_key", "author", "auth", "group_by[]", "anthropic-version"],
)  # fmt: skip
def test_these_are_not(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    "text",
    ["Bearer abcdefgh", "sk-proj-abcdefgh1234", "sk_live_abcdefgh", "AKIAABCDEFGHIJKL",
     "ghp_abcdefghij", "xoxb-12345678-x",
     "eyJhbGciOi.eyJzdWIi.c2ln", "AIzaSyA1234567890123456789"],
)  # fmt: skip
def test_keys_of_vendors_are_known_by_their_look(text: str) -> None:
    assert looks_like_key(text)


@pytest.mark.parametrize(
    "text", ["pk_customer_id", "sk-Bratislava-region", "Basic rates", "task-123456789012345"]
)
def test_words_that_only_begin_like_one_are_not(text: str) -> None:
    assert not looks_like_key(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hunter2 is not a key", f"{HIDDEN} is not a key"),
        ("a%2Fb%26c and a/b&c", f"{HIDDEN} and {HIDDEN}"),
        ('say "x\\"y" or x"y', f'say "{HIDDEN}" or {HIDDEN}'),
        (
            "at https://me:pass@example.com/?api_key=12&day=1",
            f"at https://{HIDDEN}@example.com/?api_key={HIDDEN}&day=1",
        ),
        ('{"token": "abc", "page_token": "abc"}', f'{{"token": "{HIDDEN}", "page_token": "abc"}}'),
        ("Authorization: Basic abc", f"Authorization: {HIDDEN}"),
        ("key 4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", f"key {HIDDEN}"),
        ("request 123e4567-e89b-12d3-a456-426614174000", "request 123e4567-e89b-12d3-a456-426614174000"),
        ("no organization_costs_of_2025_11_01T00:00:00Z", "no organization_costs_of_2025_11_01T00:00:00Z"),
        ("quota exceeded for project billing-export-prod", "quota exceeded for project billing-export-prod"),
    ],
)
def test_secrets_are_taken_out_and_everything_else_stays(text: str, expected: str) -> None:
    assert without_secrets(text, ("hunter2", "a/b&c", 'x"y', "")) == expected
