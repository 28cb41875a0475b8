"""Each mode of writing: what it replaces, what it leaves alone, and that it happens once."""

from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.errors import StepError
from shared.domain.plan import PlannedTransform
from shared.domain.window import Window
from shared.steps.transform import transform
from tests.contract.adapters.charges import CHARGES, charges_in, select
from tests.contract.adapters.stand_in import jobs_of
from tests.contract.adapters.steps import USAGE_WEEK, attempt_at, make_written, transform_into

MOMENT = '"lineItem/UsageEndDate"'
OTHER = ("other", "2025-11-01", "a", "9")
MODES: dict[str, dict[str, Any]] = {
    "append": {"mode": "append"},
    "replace": {"mode": "replace"},
    "replace_days": {"mode": "replace", "window": USAGE_WEEK},
    "replace_moments": {
        "mode": "replace",
        "window": Window(column=f"data.{MOMENT}", parameter="date_range", read_as="timestamp"),
    },
    "merge": {"mode": "merge", "keys": ("usage_date", "service")},
}
FIRST = select(("2025-11-01", "a", "1"), ("2025-11-07", "b", "2"), ("2025-11-08", "a", "3"))
SECOND = select(("2025-11-01", "a", "10"), ("2025-11-02", "c", "20"))
AFTER_BOTH = {
    "append": [
        ("export", "2025-11-01", "a", "1"),
        ("export", "2025-11-01", "a", "10"),
        ("export", "2025-11-02", "c", "20"),
        ("export", "2025-11-07", "b", "2"),
        ("export", "2025-11-08", "a", "3"),
    ],
    "replace": [("export", "2025-11-01", "a", "10"), ("export", "2025-11-02", "c", "20")],
    "replace_days": [
        ("export", "2025-11-01", "a", "10"),
        ("export", "2025-11-02", "c", "20"),
        ("export", "2025-11-08", "a", "3"),
    ],
    "merge": [
        ("export", "2025-11-01", "a", "10"),
        ("export", "2025-11-02", "c", "20"),
        ("export", "2025-11-07", "b", "2"),
        ("export", "2025-11-08", "a", "3"),
    ],
}
AFTER_BOTH["replace_moments"] = AFTER_BOTH["replace_days"]


@pytest.fixture
def charged(tables: BigQueryTables, warehouse: BigQueryJobs, tenant: str) -> str:
    """A tenant whose table holds a row of another pipeline."""
    make_written(tables, tenant, CHARGES)
    step = transform_into(CHARGES, select(("2025-11-01", "a", "9")))
    transform(step, attempt_at(step, tenant=tenant, pipeline="other"), warehouse=warehouse)
    return tenant


def step_of(mode: str, sql: str) -> PlannedTransform:
    return transform_into(CHARGES, sql, **MODES[mode])


@pytest.mark.parametrize("mode", MODES)
def test_a_second_run_leaves_what_its_mode_says(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str, mode: str
) -> None:
    result = None
    for step in (step_of("append", FIRST), step_of(mode, SECOND)):
        result = transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert result is not None
    assert charges_in(client, charged) == [*AFTER_BOTH[mode], OTHER]
    assert result.metrics.rows_out == 2


@pytest.mark.parametrize("mode", MODES)
def test_the_same_attempt_twice_has_its_effect_once(client: bigquery.Client, charged: str, mode: str) -> None:
    step = step_of(mode, SECOND)
    attempt = attempt_at(step, tenant=charged)

    first = transform(step, attempt, warehouse=jobs_of(client))
    second = transform(step, attempt, warehouse=jobs_of(client))

    assert len(charges_in(client, charged)) == 3
    assert second == first


@pytest.mark.parametrize("mode", MODES)
def test_a_statement_that_fails_leaves_the_table_as_it_was(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str, mode: str
) -> None:
    broken = (
        f"{FIRST} UNION ALL SELECT DATE '2025-11-01', 'secret', CAST(CONCAT('se', 'cret') AS NUMERIC), NULL"
    )
    step = step_of(mode, broken)

    with pytest.raises(StepError) as failure:
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert "secret" not in str(failure.value)
    assert charges_in(client, charged) == [OTHER]


@pytest.mark.parametrize("mode", ["replace", "replace_days", "replace_moments"])
def test_a_replacement_by_nothing_removes_the_rows_in_scope(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str, mode: str
) -> None:
    for step in (step_of("append", FIRST), step_of(mode, f"{SECOND} WHERE FALSE")):
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    left = [] if mode == "replace" else [("export", "2025-11-08", "a", "3")]
    assert charges_in(client, charged) == [*left, OTHER]


@pytest.mark.parametrize("mode", ["replace_days", "replace_moments"])
def test_a_row_outside_the_window_is_refused(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str, mode: str
) -> None:
    step = step_of(mode, FIRST)

    with pytest.raises(StepError, match="outside the window"):
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert charges_in(client, charged) == [OTHER]


@pytest.mark.parametrize("mode", ["replace_days", "merge"])
def test_rows_that_the_select_leaves_out_are_not_judged(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str, mode: str
) -> None:
    # Whoever carries the statement out may look at its conditions in any order, and did.
    rows = select(("2025-11-01", "a", "1"), ("2025-11-08", "a", "2"), ("2025-11-02", None, "3"))
    wanted = "DATE(TIMESTAMP(JSON_VALUE(data, '$.\"lineItem/UsageEndDate\"'))) < '2025-11-08'"
    sql = (
        "SELECT usage_date, service, SUM(cost) AS cost, JSON '{}' AS data "
        f"FROM ({rows}) WHERE {wanted} AND REGEXP_CONTAINS(IFNULL(service, '-'), '[a-z]') GROUP BY usage_date, service"
    )
    step = step_of(mode, sql)

    transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert charges_in(client, charged) == [("export", "2025-11-01", "a", "1"), OTHER]


def test_a_merge_of_rows_with_the_same_keys_is_refused_and_changes_nothing(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str
) -> None:
    begun = step_of("merge", FIRST)
    transform(begun, attempt_at(begun, tenant=charged), warehouse=warehouse)
    step = step_of(
        "merge", select(("2025-11-01", "a", "5"), ("2025-11-01", "a", "6"), ("2025-11-03", "d", "7"))
    )

    with pytest.raises(StepError, match="same keys: pipeline_id, usage_date, service"):
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert len(charges_in(client, charged)) == 4


def test_a_merge_of_new_rows_with_the_same_keys_is_refused_too(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str
) -> None:
    step = step_of("merge", select(("2025-11-03", "d", "5"), ("2025-11-03", "d", "6")))

    with pytest.raises(StepError, match="same keys"):
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert charges_in(client, charged) == [OTHER]


def test_a_merge_of_a_row_without_a_key_is_refused(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str
) -> None:
    step = step_of("merge", select(("2025-11-03", None, "5"), ("2025-11-03", "d", "6")))

    with pytest.raises(StepError, match="NULL"):
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert charges_in(client, charged) == [OTHER]


@pytest.mark.parametrize(
    ("column", "read_as", "reason"),
    [
        (
            "data.lineItem.UsageEndDate",
            "timestamp",
            "has no field data.lineItem.UsageEndDate, by which the window goes; it has lineItem/UsageEndDate",
        ),
        ("service", "date", "has a value in service that can't be read as date"),
    ],
)
def test_a_window_that_no_row_can_be_told_by_fails_before_a_row_is_deleted(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str, column: str, read_as: Any, reason: str
) -> None:
    begun = step_of("append", FIRST)
    transform(begun, attempt_at(begun, tenant=charged), warehouse=warehouse)
    window = Window(column=column, parameter="date_range", read_as=read_as)
    step = transform_into(CHARGES, SECOND, mode="replace", window=window)

    with pytest.raises(StepError, match=f"A row to write {reason}"):
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)

    assert len(charges_in(client, charged)) == 4


def test_a_key_inside_json_updates_what_has_it_and_fails_where_no_row_does(
    client: bigquery.Client, warehouse: BigQueryJobs, charged: str
) -> None:
    for sql in (FIRST, SECOND):
        step = transform_into(CHARGES, sql, mode="merge", keys=(f"data.{MOMENT}",))
        transform(step, attempt_at(step, tenant=charged), warehouse=warehouse)
    misspelt = transform_into(CHARGES, SECOND, mode="merge", keys=("data.lineItem.UsageEndDate",))

    with pytest.raises(StepError, match=r"NULL in data\.lineItem\.UsageEndDate, one of its keys"):
        transform(misspelt, attempt_at(misspelt, tenant=charged), warehouse=warehouse)

    assert charges_in(client, charged) == [*AFTER_BOTH["merge"], OTHER]
