"""What a job's end says of it."""

from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from shared.adapters.job_outcomes import failure_of
from shared.domain.errors import AttemptError, LostTurnError, StepError

CLIENT = bigquery.Client(project="p", credentials=AnonymousCredentials())


def failed(reason: str, message: str) -> bigquery.QueryJob:
    resource: dict[str, Any] = {
        "jobReference": {"projectId": "p", "jobId": "j", "location": "US"},
        "configuration": {"query": {"query": "SELECT 1"}},
        "status": {"state": "DONE", "errorResult": {"reason": reason, "message": message}},
    }
    return bigquery.QueryJob.from_api_repr(resource, CLIENT)


CANCELLED = (
    "Query error: Transaction is aborted due to concurrent update against table p:acme.t_write_lock. "
    "Transaction ID: 61e30eea-0000-2dab-8e60-94eb2c1b1a92 at [9:1]"
)


@pytest.mark.parametrize(
    ("reason", "message", "kind"),
    [
        ("invalidQuery", CANCELLED, LostTurnError),
        ("invalidQuery", "Could not serialize access to table p:acme.t due to concurrent update", LostTurnError),
        ("quotaExceeded", "Too many DML statements outstanding against table p:acme.t, limit is 20", LostTurnError),
        ("backendError", "Try again", AttemptError),
        ("invalidQuery", "Query error: Division by zero at [9:1]", StepError),
    ],
)  # fmt: skip
def test_a_job_that_others_who_wrote_the_table_were_in_the_way_of_has_lost_its_turn(
    reason: str, message: str, kind: type[Exception]
) -> None:
    failure = failure_of(failed(reason, message))

    assert isinstance(failure, kind)
    assert str(failure) == message.removeprefix("Query error: ")
    assert isinstance(failure, LostTurnError) == (kind is LostTurnError)
