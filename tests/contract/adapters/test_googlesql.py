"""What Google's own analyzer reads: in our statements, whatever the stand-in makes of them, and in a tenant's SQL."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from shared.adapters.folder_configs import disk_configs
from shared.config.sql_scope import SqlScope, check_query
from shared.config.standard_tables import METADATA_TABLES, METADATA_VIEWS, TENANT_TABLES, standard_table
from shared.domain.ids import RunId, TenantId
from shared.domain.job import Job, JobOutcome, QueryJob
from shared.domain.parameter import ParameterValue
from shared.domain.pipeline import Address
from shared.domain.plan import PlannedDq
from shared.domain.planning import plan
from shared.domain.rule import RuleSet, rule_types
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table import Column, ColumnType, Table
from shared.domain.window import Window
from shared.domain.write_lock import lock_of
from shared.sql.statement import statement
from shared.steps.attempt import Attempt
from shared.steps.carry_out import carry_out
from tests.contract.adapters.analyzer import Schemas, analyzed, declared
from tests.contract.adapters.steps import NOVEMBER, USAGE_WEEK, attempt_at, transform_into
from tests.fakes.clock import NOON
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse, OutcomeOf, succeeded
from tests.fakes.watch import watch_over

CONFIGS = Path(__file__).resolve().parents[3] / "configs"
TENANT = "acme_corp_001"
PIPELINES = (("gcp", "cost", "export"), ("focus", "cost", "import"))
RUN_ID = RunId("019a41dd-2441-7d64-81f0-55592ebdd959")

SCOPE = SqlScope(TenantId("acme"), frozenset())
# Only the other tenant has tables here: what the analyzer accepts is read from them.
SCHEMAS: Schemas = {"acme": [], "globex": [declared(standard_table("raw_data"))]}

# As much of the billing export as the example tenant's source names; the types that don't matter are simple here.
BILLING_EXPORT_TYPES: dict[ColumnType, str] = {
    "STRING": "billing_account_id service sku project labels location currency usage credits invoice cost_type "
    "adjustment_info",
    "TIMESTAMP": "usage_start_time usage_end_time export_time",
    "FLOAT": "cost currency_conversion_rate",
}
BILLING_EXPORT = Table(
    name="gcp_billing_export_v1_01A2B3_C4D5E6_F7A8B9",
    columns=tuple(
        Column(name=name, type=column_type)
        for column_type, names in BILLING_EXPORT_TYPES.items()
        for name in names.split()
    ),
)
TYPED = Table(
    name="charges",
    columns=(
        Column(name="pipeline_id", type="STRING", mode="REQUIRED"),
        Column(name="run_id", type="STRING", mode="REQUIRED"),
        Column(name="usage_date", type="DATE"),
        Column(name="used_at", type="TIMESTAMP"),
        Column(name="service", type="STRING"),
        Column(name="charge_count", type="INTEGER"),
        Column(name="cost", type="NUMERIC"),
        Column(name="is_billable", type="BOOLEAN"),
        Column(name="data", type="JSON"),
    ),
)
TYPED_ROWS = (
    "SELECT DATE '2025-11-01' AS usage_date, TIMESTAMP '2025-11-01 00:00:00+00' AS used_at, 'a' AS service, "
    "1 AS charge_count, NUMERIC '0.1' AS cost, TRUE AS is_billable, JSON '{}' AS data"
)
RULES: list[dict[str, Any]] = [
    {"type": "not_null", "column": "data.a.b"},
    {"type": "not_null", "column": "data.a", "as": "boolean"},
    {"type": "not_null", "column": "cost", "as": "integer"},
    {"type": "unique", "columns": ["data.a", "cost", "usage_date", "used_at", "is_billable"]},
    {"type": "accepted_values", "column": "service", "values": ["a"]},
    {"type": "accepted_values", "column": "charge_count", "values": ["1"]},
    {"type": "accepted_values", "column": "data.a", "as": "number", "values": ["1"]},
    {"type": "range", "column": "data.a", "minimum": "0.5", "maximum": 2},
    {"type": "range", "column": "charge_count", "as": "integer", "maximum": 2},
    {"type": "range", "column": "usage_date", "as": "date", "minimum": "2025-11-01"},
    {"type": "range", "column": "data.t", "as": "timestamp", "minimum": "2025-11-01T00:00:00Z"},
    {"type": "regex", "column": "service", "pattern": "^[a-z]+$"},
    {"type": "regex", "column": "cost", "pattern": "^1"},
    {"type": "row_count", "minimum": 1},
    {"type": "freshness", "column": "usage_date", "as": "date", "max_age_hours": 1},
    {"type": "freshness", "column": "data.t", "max_age_hours": 1},
    {"type": "expression", "expression": "cost > 0 -- and why"},
    {"type": "unique", "columns": ["data.a", "cost", "service"], "as": "number"},
    {"type": "not_null", "column": 'data."lineItem/UnblendedCost"', "as": "number"},
    {"type": "not_null", "column": r"""data."it's \"q\" \\ and".b"""},
    {"type": "accepted_values", "column": "used_at", "as": "date", "values": ["2025-11-01"]},
    {"type": "accepted_values", "column": "data.t", "as": "timestamp", "values": ["2025-11-01T00:00:00Z"]},
    {"type": "accepted_values", "column": "is_billable", "as": "boolean", "values": ["true"]},
    {"type": "regex", "column": 'data."a.b"', "as": "integer", "pattern": "^1"},
    {"type": "length", "column": "service", "minimum": 1, "maximum": 9},
    {"type": "foreign_key", "column": "data.a", "references": {"table": "raw_data", "column": "data.a"}},
    {
        "type": "foreign_key",
        "column": "cost",
        "as": "number",
        "references": {"table": "raw_data", "column": "data.a"},
    },
    {"type": "sum_equals", "column": "cost", "value": "1.5"},
    {"type": "sum_equals", "column": "cost", "sum_of": {"column": "data.a"}},
    {"type": "sum_equals", "column": "cost", "sum_of": {"table": "raw_data", "column": "data.a"}},
    {"type": "sum_equals", "column": "charge_count", "as": "integer", "parameter": "expected"},
    {"type": "mean", "column": "cost", "minimum": 0},
    {"type": "distinct_count", "column": "data.a", "maximum": 9},
    {"type": "distinct_count", "column": "used_at", "as": "date", "maximum": 9},
    {"type": "monotonic", "column": "cost", "order_by": "used_at", "per": ["data.a", "is_billable", "cost"]},
    {"type": "date_gaps", "column": "usage_date"},
    {"type": "date_gaps", "column": "data.t", "as": "timestamp", "days": "date_range"},
    {
        "type": "date_gaps",
        "column": "usage_date",
        "days": "date_range",
        "per": ["service", "cost"],
    },
    {"type": "column_type", "column": "data.a", "as": "boolean"},
    {"type": "column_type", "column": "cost", "as": "number"},
    {"type": "schema", "columns": {"cost": "NUMERIC"}},
    {"type": "anomaly", "column": "cost", "z_score": 3},
    {"type": "compare_to_previous", "percent": 50},
]
PARAMETERS_BY_STATEMENT = {
    "read_events": {"first_date": "DATE", "last_date": "DATE", "tenant_id": "STRING", "run_ids": "STRING[]"},
    "find_probes": {"first_date": "DATE", "last_date": "DATE", "tenant_id": "STRING", "run_ids": "STRING[]"},
    "find_runs": {
        "first_date": "DATE",
        "last_date": "DATE",
        "tenant_id": "STRING",
        "pipeline_id": "STRING",
        "backfill_id": "STRING",
        "since": "TIMESTAMP",
        "until": "TIMESTAMP",
        "after_created_at": "TIMESTAMP",
        "after_run_id": "STRING",
        "row_limit": "INT64",
    },
    "list_runs": {
        "first_date": "DATE",
        "last_date": "DATE",
        "tenant_id": "STRING",
        "run_ids": "STRING[]",
        "status": "STRING",
        "pipeline_id": "STRING",
        "backfill_id": "STRING",
        "since": "TIMESTAMP",
        "until": "TIMESTAMP",
        "after_created_at": "TIMESTAMP",
        "after_run_id": "STRING",
        "row_limit": "INT64",
    },
    "list_figures": {
        "first_date": "DATE",
        "tenant_id": "STRING",
        "pipeline_id": "STRING",
        "step_id": "STRING",
    },
    "list_open_runs": {"tenant_id": "STRING", "open_run_days": "INT64", "ended_since": "TIMESTAMP"},
    "list_reruns": {"run_date": "DATE", "tenant_id": "STRING", "run_id": "STRING"},
    "list_backfill_runs": {"run_date": "DATE", "tenant_id": "STRING", "backfill_id": "STRING"},
    "list_outcomes": {"first_date": "DATE", "tenant_id": "STRING", "pipeline_id": "STRING"},
    "list_active_keys": {},
    "read_day_use": {
        "first_date": "DATE",
        "last_date": "DATE",
        "tenant_id": "STRING",
        "since": "TIMESTAMP",
        "besides": "STRING[]",
    },
    "list_keys": {"tenant_id": "STRING"},
    "insert_key": {
        "api_key_hash": "STRING",
        "tenant_id": "STRING",
        "created_at": "TIMESTAMP",
        "created_by": "STRING",
        "description": "STRING",
        "expires_at": "TIMESTAMP",
        "last4": "STRING",
    },
    "revoke_keys": {"tenant_id": "STRING", "api_key_hash_prefix": "STRING"},
}


@pytest.fixture(scope="module")
def metadata() -> Schemas:
    """The metadata dataset: its tables, and its views as tables of what they deliver."""
    tables = [declared(standard_table(name)) for name in METADATA_TABLES]
    views = []
    for name in METADATA_VIEWS:
        view = analyzed(statement(name, run_events="run_events"), {"metadata": tables}, default="metadata")
        view.name = name
        views.append(view)
    return {"metadata": [*tables, *views]}


@pytest.fixture(scope="module")
def tenant() -> Schemas:
    """A tenant's dataset, and the dataset of its billing export."""
    tables = [*(standard_table(name) for name in TENANT_TABLES), TYPED]
    locks = [lock_of(table) for table in tables]
    return {TENANT: [*map(declared, (*tables, *locks))], "billing_export": [declared(BILLING_EXPORT)]}


@pytest.mark.parametrize("name", sorted(PARAMETERS_BY_STATEMENT))
def test_a_statement_over_the_metadata_is_googlesql(metadata: Schemas, name: str) -> None:
    parameters = [
        SqlParameter(
            name=parameter, type=sql_type.removesuffix("[]"), value=() if sql_type.endswith("[]") else ""
        )
        for parameter, sql_type in PARAMETERS_BY_STATEMENT[name].items()
    ]

    for given in ([], list(PARAMETERS_BY_STATEMENT[name])):
        fold = statement("pipeline_runs", run_events="wanted_events")
        sql = statement(name, given=given, pipeline_runs=fold)
        analyzed(sql, metadata, default="metadata", parameters=parameters)


@pytest.mark.parametrize("path", PIPELINES)
def test_the_example_tenants_steps_are_googlesql(tenant: Schemas, path: tuple[str, str, str]) -> None:
    provider, domain, pipeline = path
    address = Address(tenant_id=TENANT, provider=provider, domain=domain, pipeline=pipeline)
    made = plan(disk_configs(CONFIGS).load_recipe(address), {}, today=date(2025, 11, 15))

    for step in made.steps:
        attempt = Attempt(plan=made, run_id=RUN_ID, step=step, number=1, now=NOON, until=NOON)
        statements = analyze_statements_of(attempt, tenant)

        assert statements > 0


@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "append"},
        {"mode": "replace"},
        {"mode": "replace", "window": USAGE_WEEK},
        {"mode": "replace", "window": Window(column="data.t", parameter="date_range", read_as="timestamp")},
        {"mode": "replace", "window": Window(column='data."a/b"', parameter="date_range")},
        {"mode": "merge", "keys": ("usage_date", "service")},
        {"mode": "merge", "keys": ("usage_date", 'data."a/b"', r'data."\\"')},
    ],
)
def test_every_mode_of_writing_is_googlesql(tenant: Schemas, settings: dict[str, Any]) -> None:
    step = transform_into(TYPED, TYPED_ROWS, **settings)

    statements = analyze_statements_of(attempt_at(step, tenant=TENANT), tenant)

    assert statements == 1


@pytest.mark.parametrize("scope", ["run", "table"])
def test_every_rule_is_googlesql(tenant: Schemas, scope: str) -> None:
    rules = RuleSet.model_validate({"rules": [{"id": f"r{n}", **rule} for n, rule in enumerate(RULES)]}).rules
    step = PlannedDq(number=1, id="check", needs=(), table=TYPED, rules=rules, scope=scope, on_failure="stop")
    parameters = (NOVEMBER, ParameterValue(name="expected", type="integer", text="3"))
    attempt = attempt_at(step, tenant=TENANT, parameters=parameters, tables=(standard_table("raw_data"),))

    statements = analyze_statements_of(attempt, tenant)

    assert {rule.type for rule in rules} == set(rule_types())
    assert statements == 1


def test_what_is_asked_about_fields_that_no_row_has_is_googlesql(tenant: Schemas) -> None:
    rule = {"id": "x", "type": "not_null", "column": "data.t"}
    step = PlannedDq(
        number=1,
        id="check",
        needs=(),
        table=TYPED,
        rules=RuleSet.model_validate({"rules": [rule]}).rules,
        scope="pipeline",
        window=Window(column='data."a b"', parameter="date_range"),
        on_failure="stop",
    )

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        rows_checked = 7 if job.job_id.endswith("_window") else 0
        row: dict[str, str | int | bool | None] = {
            "rows_checked": rows_checked,
            "rows_readable": 0,
            "rows_with_field": 0,
            "field": "a",
        }
        return succeeded(job, rows).model_copy(update={"rows": (row,)})

    statements = analyze_statements_of(attempt_at(step, tenant=TENANT), tenant, outcome_of=outcome_of)

    assert statements == 3


def test_the_analyzer_refuses_what_is_wrong(tenant: Schemas) -> None:
    step = transform_into(TYPED, TYPED_ROWS.replace("AS cost", "AS price"))

    with pytest.raises(Exception, match="cost"):
        analyze_statements_of(attempt_at(step, tenant=TENANT), tenant)


def analyze_statements_of(attempt: Attempt, schemas: Schemas, *, outcome_of: OutcomeOf = succeeded) -> int:
    """Analyze what the attempt submits, in order; a table that it creates is there for the next statement."""
    known = {name: list(tables) for name, tables in schemas.items()}
    count = 0
    for job in submitted(attempt, outcome_of=outcome_of):
        if isinstance(job, QueryJob):
            for sql in job.sql.split(";\n"):
                analyzed(sql, known, default=job.tenant_id, parameters=job.parameters)
            count += 1
        else:
            known[job.tenant_id].append(declared(job.table))
    return count


def submitted(attempt: Attempt, *, outcome_of: OutcomeOf) -> Iterator[Any]:
    warehouse = MemoryWarehouse(outcome_of)
    reader = MemoryReader({"files/focus_sample.csv": [{"BilledCost": "1"}]})
    carry_out(attempt, warehouse=warehouse, reader=reader, watch=watch_over(attempt, warehouse))
    yield from warehouse.jobs.values()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS `a\\` /*` , x.run_id FROM globex.raw_data AS x -- */",
        r"""SELECT '''\''' AS a /*''' AS b, x.run_id FROM globex.raw_data AS x -- */""",
        r'''SELECT """\""" AS a /*""" AS b, x.run_id FROM globex.raw_data AS x -- */''',
        r"""SELECT r'''\''' AS a /*''' AS b, x.run_id FROM globex.raw_data AS x -- */""",
        r"""SELECT b'''\''' AS a /*''' AS b, x.run_id FROM globex.raw_data AS x -- */""",
        "SELECT @{#\n a=1} x.run_id FROM globex.raw_data AS x -- #} run_id",
    ],
)
def test_sql_that_hides_another_tenants_table_is_refused(sql: str) -> None:
    columns = [column.name for column in analyzed(sql, SCHEMAS, default="acme").column]

    assert "run_id" in columns
    assert check_query(sql, SCOPE)
