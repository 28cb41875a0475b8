"""Which failures time mends."""

from datetime import timedelta

import pytest

from shared.adapters.transience import BY_REASON, BY_STATUS, asked_pause_seconds, of_bigquery
from shared.domain.errors import TransientKind
from tests.fakes.clock import NOON


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("backendError", "unavailable"),
        ("internalError", "unavailable"),
        ("jobBackendError", "unavailable"),
        ("jobInternalError", "unavailable"),
        ("tableUnavailable", "unavailable"),
        ("rateLimitExceeded", "rate_limit"),
        ("jobRateLimitExceeded", "rate_limit"),
        ("quotaExceeded", "quota"),
        ("timeout", "timeout"),
        ("stopped", "stopped"),
    ],
)
def test_a_reason_that_may_pass_has_a_kind(reason: str, kind: TransientKind) -> None:
    transience = of_bigquery(reason, "no")

    assert transience is not None
    assert transience.kind == kind


@pytest.mark.parametrize(
    "reason",
    [
        "accessDenied",
        "billingNotEnabled",
        "bytesBilledLimitExceeded",
        "duplicate",
        "invalid",
        "invalidQuery",
        "notFound",
        "notImplemented",
        "resourcesExceeded",
        "responseTooLarge",
        "None",
    ],
)
def test_every_other_reason_is_for_good(reason: str) -> None:
    assert of_bigquery(reason, "no") is None


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Could not serialize access to table p:d.t due to concurrent update", "conflict"),
        (
            "Transaction is aborted due to concurrent update against table p:d.t. Transaction ID: 1",
            "conflict",
        ),
        ("Too many DML statements outstanding against table p:d.t, limit is 20", "conflict"),
        ("Job execution was cancelled: Job timed out after 600s", "timeout"),
    ],
)
@pytest.mark.parametrize("reason", ["invalidQuery", "jobRateLimitExceeded", "resourcesExceeded", "stopped"])
def test_some_messages_count_whatever_the_reason(message: str, kind: TransientKind, reason: str) -> None:
    transience = of_bigquery(reason, message)

    assert transience is not None
    assert transience.kind == kind


def test_a_quota_is_not_tried_again_before_ten_minutes() -> None:
    assert BY_REASON["quotaExceeded"].wait_seconds == 600


def test_a_status_after_which_the_same_request_may_succeed_has_a_kind() -> None:
    kinds = {status: transience.kind for status, transience in BY_STATUS.items()}

    assert kinds == {
        408: "timeout",
        425: "unavailable",
        429: "rate_limit",
        500: "unavailable",
        502: "unavailable",
        503: "unavailable",
        504: "timeout",
    }


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ((NOON + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 90),
        ((NOON + timedelta(seconds=90)).strftime("%A, %d-%b-%y %H:%M:%S GMT"), 90),
        ((NOON + timedelta(seconds=90)).strftime("%a %b %d %H:%M:%S %Y"), 90),
        ((NOON - timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 10, None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
    ],
)
def test_a_pause_is_asked_for_in_seconds_or_until_a_date(header: str | None, seconds: int | None) -> None:
    assert asked_pause_seconds(header, now=NOON) == seconds
