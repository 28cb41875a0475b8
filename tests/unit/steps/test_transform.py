"""What a transform step says of its SQL."""

import pytest
from pydantic import JsonValue

from shared.domain.destination import TransformDestination
from shared.domain.errors import StatementError, StepError
from shared.domain.job import Job, JobOutcome
from shared.domain.plan import PlannedTransform
from shared.steps.transform import transform
from tests.fakes.warehouse import MemoryWarehouse
from tests.unit.steps.attempts import RAW, attempt_at

STEP = PlannedTransform(
    number=1,
    id="daily",
    needs=(),
    sql_name="daily",
    sql="\nSELECT\n  dta AS data\nFROM raw_data",
    destination=TransformDestination(table="raw_data", mode="append"),
    table=RAW,
)


def failure(error: StepError) -> StepError:
    def fails(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        raise error

    with pytest.raises(StepError) as caught:
        transform(STEP, attempt_at(STEP), warehouse=MemoryWarehouse(fails))
    return caught.value


def test_an_error_in_its_sql_is_told_with_the_file_the_line_and_the_column() -> None:
    said = failure(StatementError("Unrecognized name: dta at [7:3]"))

    assert (type(said), str(said)) == (
        StatementError,
        "transforms/daily.sql:3:3: Unrecognized name: dta",
    )


def test_an_error_without_a_place_is_told_with_the_file() -> None:
    assert str(failure(StatementError("division by zero"))) == "transforms/daily.sql: division by zero"


def test_what_is_not_about_the_statement_is_told_as_it_is() -> None:
    assert str(failure(StepError("Access Denied"))) == "Access Denied"
