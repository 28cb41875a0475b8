"""What the failure of an HTTP connection means, in words for whoever wrote the address."""

import requests

from shared.domain.errors import StepError, TransientError

_Kinds = tuple[tuple[type[requests.RequestException], str], ...]

_WORDS_BY_PERMANENT_KIND: _Kinds = (
    (requests.exceptions.SSLError, "its TLS certificate can't be trusted"),
    (requests.TooManyRedirects, "it redirects without end"),
    (requests.exceptions.InvalidHeader, "a header holds a character that no header may have"),
    (requests.exceptions.InvalidURL, "that is no address"),
    (requests.exceptions.MissingSchema, "that is no address"),
    (requests.exceptions.InvalidSchema, "only http:// and https:// are read"),
)
_WORDS_BY_KIND: _Kinds = (
    # A subclass of ConnectionError, in which the host was reached.
    (requests.ReadTimeout, "did not answer"),
    (requests.exceptions.ChunkedEncodingError, "broke off its answer"),
    (requests.exceptions.ContentDecodingError, "broke off its compressed answer"),
    (requests.Timeout, "could not be reached"),
    (requests.ConnectionError, "could not be reached"),
)


def failed_connection(
    error: requests.RequestException, *, host: str, wanted: str
) -> StepError | TransientError:
    """What it means that the host gave no whole answer when it was asked for what is `wanted`."""
    for kind, words in _WORDS_BY_PERMANENT_KIND:
        if isinstance(error, kind):
            return StepError(f"{host} could not be asked for {wanted}: {words}")
    for kind, words in _WORDS_BY_KIND:
        if isinstance(error, kind):
            is_late = isinstance(error, requests.Timeout) or "timed out" in str(error)
            late = " in time" if is_late else ""
            return TransientError(
                f"{host} {words}{late}, asked for {wanted}",
                kind="timeout" if is_late else "unavailable",
            )
    return StepError(f"{host} could not be asked for {wanted}")
