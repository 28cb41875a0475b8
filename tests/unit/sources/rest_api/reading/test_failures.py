"""What a failed connection means, in words that name no class and no secret."""

import pytest
import requests

from shared.domain.errors import TransientError
from shared.sources.rest_api.reading.failures import Asked

ASKED = Asked("https://me:pass@api.example.com/v1/hunter2?key=hunter2", page=2, secrets=("hunter2",))
WHERE = "page 2 of /v1/(secret not shown)"


@pytest.mark.parametrize(
    ("error", "expected", "kind"),
    [
        (requests.ConnectTimeout("hunter2"), f"could not be reached in time, asked for {WHERE}", "timeout"),
        (requests.ReadTimeout("hunter2"), f"did not answer in time, asked for {WHERE}", "timeout"),
        (
            requests.ConnectionError("Read timed out."),
            f"could not be reached in time, asked for {WHERE}",
            "timeout",
        ),
        (requests.ConnectionError("hunter2"), f"could not be reached, asked for {WHERE}", "unavailable"),
        (
            requests.exceptions.ChunkedEncodingError(),
            f"broke off its answer, asked for {WHERE}",
            "unavailable",
        ),
        (
            requests.exceptions.ContentDecodingError(),
            f"broke off its compressed answer, asked for {WHERE}",
            "unavailable",
        ),
        (
            requests.exceptions.SSLError(),
            f"could not be asked for {WHERE}: its TLS certificate can't be trusted",
            None,
        ),
        (requests.TooManyRedirects(), f"could not be asked for {WHERE}: it redirects without end", None),
        (requests.RequestException(), f"could not be asked for {WHERE}", None),
    ],
)
def test_a_failed_connection_is_told_in_words(
    error: requests.RequestException, expected: str, kind: str | None
) -> None:
    failure = ASKED.broken(error)

    assert str(failure) == f"api.example.com {expected}"
    assert (failure.kind if isinstance(failure, TransientError) else None) == kind


def test_the_apis_words_are_one_line_of_300_characters() -> None:
    text = f"<p>no\n  hunter2 {'x' * 280} hunter2 and more</p>"

    assert ASKED.quote(text) == f"no (secret not shown) {'x' * 277}…"
