"""What Google's errors mean for us.

Sources: "Error messages" and "Troubleshoot quota errors" of the BigQuery documentation
(docs.cloud.google.com/bigquery/docs/error-messages, …/troubleshoot-quotas), "Error codes" of Pub/Sub's.
"""

from collections.abc import Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager

import requests
from google.api_core import exceptions
from google.auth import exceptions as auth_exceptions

from shared.domain.errors import ForbiddenError, TransientError

TRANSIENT_REASONS = frozenset(
    {
        "backendError",
        "internalError",
        "jobBackendError",
        "jobInternalError",
        "jobRateLimitExceeded",
        "quotaExceeded",
        "rateLimitExceeded",
        "tableUnavailable",
    }
)
"""Reasons in a BigQuery error that time mends; they come with status 403 as well as 500 and 503."""

_TRANSIENT_ERRORS = (
    exceptions.TooManyRequests,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.ServiceUnavailable,
    exceptions.GatewayTimeout,
    # Where an adapter doesn't expect it: a table or topic that was just made, or that set-up has yet to make.
    exceptions.NotFound,
    exceptions.RetryError,
    exceptions.Aborted,
    exceptions.Cancelled,
    auth_exceptions.TransportError,
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    ConnectionError,
    FutureTimeoutError,
)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn Google's errors into ours; `doing` says what we were about, e.g. "append to run_events"."""
    try:
        yield
    except _TRANSIENT_ERRORS as error:
        raise TransientError(f"Could not {doing}: {summary(error)}") from error
    except exceptions.Forbidden as error:
        if reasons(error) & TRANSIENT_REASONS:
            raise TransientError(f"Could not {doing}: {summary(error)}") from error
        raise ForbiddenError(f"Google refused to {doing}: {summary(error)}") from error
    except exceptions.Unauthorized as error:
        raise ForbiddenError(f"Google refused to {doing}: {summary(error)}") from error
    except auth_exceptions.GoogleAuthError as error:
        raise ForbiddenError(f"Could not {doing}: no usable Google credentials: {error}") from error


def reasons(error: exceptions.GoogleAPICallError) -> set[str]:
    """The reasons in an API error's body, e.g. `{"rateLimitExceeded"}`."""
    return {str(item.get("reason")) for item in error.errors if isinstance(item, dict)}


def summary(error: BaseException) -> str:
    """One line about an error: its own message where it has one, else its kind."""
    message = error.message if isinstance(error, exceptions.GoogleAPICallError) else ""
    first_line = str(message).strip().splitlines()
    return first_line[0] if first_line else type(error).__name__
