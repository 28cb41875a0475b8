"""Tokens for Azure, as Microsoft's own library makes them."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from requests import Request

from shared.domain.errors import StepError
from shared.sources.files.remote.azure_signature import access_by_key, shared_access

# The key that everybody's emulator has ("Azurite", learn.microsoft.com).
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
NOW = datetime(2025, 11, 27, 12, tzinfo=UTC)
SIGNATURE = "Y0oGPlzUALGo6/MUE7IIM2ZXvgj329C3VCXfJCgvFNs="
"""By azure-storage-blob 12.31, for the same container, times, rights and version."""


def test_a_key_makes_the_token_that_microsofts_library_makes() -> None:
    access = access_by_key(KEY, account="acct", container="exports", now=lambda: NOW)

    sent = access(Request("GET", "https://acct.blob.core.windows.net/exports?comp=list").prepare())

    assert parse_qs(urlsplit(sent.url or "").query) == {
        "comp": ["list"],
        "sp": ["rl"],
        "st": ["2025-11-27T11:45:00Z"],
        "se": ["2025-11-27T13:00:00Z"],
        "sv": ["2021-12-02"],
        "sr": ["c"],
        "sig": [SIGNATURE],
    }


@pytest.mark.parametrize("token", ["sv=1&sig=a%2Fb%3D", "?sv=1&sig=a%2Fb%3D"])
def test_a_token_is_sent_as_it_is(token: str) -> None:
    sent = shared_access(token)(Request("GET", "https://acct.blob.core.windows.net/exports/a.csv").prepare())

    assert sent.url == "https://acct.blob.core.windows.net/exports/a.csv?sv=1&sig=a%2Fb%3D"


@pytest.mark.parametrize("token", ["", "not a token", "sv=1&sig=a#b", "sv=1", "https://x/?sig=a b"])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(StepError, match="is no shared access signature") as caught:
        shared_access(token)

    assert token == "" or token not in str(caught.value)


def test_a_key_that_is_none_is_refused_and_not_shown() -> None:
    with pytest.raises(StepError, match=r"is no key: it is not base64$"):
        access_by_key("not-for-your-eyes", account="acct", container="exports")
