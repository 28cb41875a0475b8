"""Which failures time mends: what BigQuery and HTTP servers say, and the kind of failure that it is to us.

What isn't in the table is for good: `invalidQuery`, `accessDenied`, `resourcesExceeded`, `bytesBilledLimitExceeded`, ….
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from shared.domain.errors import TransientKind


@dataclass(frozen=True)
class Transience:
    """A failure that may pass, and for how long at least it is of no use to try again, where that is known."""

    kind: TransientKind
    wait_seconds: int | None = None


_CONFLICT = Transience("conflict")
_QUOTA = Transience("quota", wait_seconds=600)
_RATE_LIMIT = Transience("rate_limit")
_STOPPED = Transience("stopped")
_TIMEOUT = Transience("timeout")
_UNAVAILABLE = Transience("unavailable")

BY_MESSAGE: tuple[tuple[str, Transience], ...] = (
    # Several statements that change one table at the same time. BigQuery gives them reasons that it also gives to
    # statements that are wrong, so only the message tells: "Data manipulation language", "Transactions"
    # (docs.cloud.google.com/bigquery/docs/data-manipulation-language, …/transactions).
    (r"due to concurrent update", _CONFLICT),
    (r"Too many DML statements outstanding against table", _CONFLICT),
    # Past its jobTimeoutMs a job is stopped like a cancelled one (…/docs/reference/rest/v2/Job).
    (r"Job execution was cancelled: Job timed out", _TIMEOUT),
)
"""Parts of BigQuery's messages, as regular expressions. They count before the reason."""

BY_REASON: dict[str, Transience] = {
    # "Error messages" (docs.cloud.google.com/bigquery/docs/error-messages). Reasons that begin with `job` are those of
    # jobs.query and jobs.getQueryResults for the job itself.
    "backendError": _UNAVAILABLE,
    "internalError": _UNAVAILABLE,
    "jobBackendError": _UNAVAILABLE,
    "jobInternalError": _UNAVAILABLE,
    "tableUnavailable": _UNAVAILABLE,
    "stopped": _STOPPED,
    "timeout": _TIMEOUT,
    # "Troubleshoot quota and limit errors" (…/docs/troubleshoot-quotas): a rate recovers within seconds, a quota is
    # replenished over the day, so that trying again pays after ten minutes at the earliest.
    "rateLimitExceeded": _RATE_LIMIT,
    "jobRateLimitExceeded": _RATE_LIMIT,
    "quotaExceeded": _QUOTA,
}
"""BigQuery's reasons. As an answer to a call they come with status 403 as well as 400, 500 and 503."""

BY_STATUS: dict[int, Transience] = {
    408: _TIMEOUT,  # Request Timeout: RFC 9110, section 15.5.9
    425: _UNAVAILABLE,  # Too Early: RFC 8470, section 5.2
    429: _RATE_LIMIT,  # Too Many Requests: RFC 6585, section 4
    500: _UNAVAILABLE,  # and so on: RFC 9110, section 15.6
    502: _UNAVAILABLE,
    503: _UNAVAILABLE,
    504: _TIMEOUT,
}
"""Statuses of HTTP after which the same request may succeed."""


def of_bigquery(reason: str, message: str) -> Transience | None:
    """What a job's error, or one of those that answer a call, means; None for one that is for good."""
    for pattern, transience in BY_MESSAGE:
        if re.search(pattern, message):
            return transience
    return BY_REASON.get(reason)


def asked_pause_seconds(retry_after: str | None, *, now: datetime) -> int | None:
    """What a Retry-After header asks for: seconds, or until a date (RFC 9110, section 10.2.3). None for neither."""
    text = (retry_after or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is meant in UTC: HTTP knows no other.
    at = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0, round((at - now).total_seconds()))
