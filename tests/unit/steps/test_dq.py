"""What comes of a check."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue

from shared.domain.job import Job, JobOutcome
from shared.domain.plan import PlannedDq
from shared.domain.rule import RuleSet
from shared.steps.dq import check
from tests.fakes.clock import NOON
from tests.fakes.warehouse import MemoryWarehouse
from tests.unit.steps.attempts import RAW, attempt_at

FRESH = {"id": "fresh", "type": "freshness", "column": "created_at", "max_age_hours": 1}
STEP = PlannedDq(
    number=1,
    id="check",
    needs=(),
    table=RAW,
    rules=RuleSet.model_validate({"rules": [FRESH]}).rules,
    scope="run",
    on_failure="stop",
)


def newest_an_hour_ago(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    newest = int((NOON - timedelta(hours=1)).timestamp())
    return JobOutcome(
        job_id=job.job_id,
        ended_at=NOON,
        rows_written=None,
        bytes_processed=0,
        bytes_billed=0,
        slot_ms=0,
        rows=({"rows_checked": 1, "figure_0": newest},),
    )


@pytest.mark.parametrize("hours_later", [0, 24])
def test_whoever_adopts_a_check_comes_to_the_same_verdict(hours_later: int) -> None:
    attempt = replace(attempt_at(STEP), now=NOON + timedelta(hours=hours_later))

    result = check(STEP, attempt, warehouse=MemoryWarehouse(newest_an_hour_ago))

    assert result.failure is None
