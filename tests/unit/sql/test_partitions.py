"""The log is partitioned by day: a statement that names no days reads the history of everybody.

BigQuery reads the partitions that a condition of constants and parameters names, and brings such a condition through a
view to the table only where each GROUP BY and each window on its way has the partition's column
("Query partitioned tables", cloud.google.com/bigquery/docs/querying-partitioned-tables).
"""

from importlib import resources

import pytest
import sqlglot
from sqlglot import exp

from shared.config.standard_tables import METADATA_VIEWS
from shared.sql.statement import statement

COLUMN = "run_date"
OF_THE_LOG = {"run_events", *METADATA_VIEWS}
WITHOUT_DAYS: dict[str, str] = {}
"""Statements that may read all of the log, with the reason. There is none."""
LOWER_BOUNDS = (exp.GTE, exp.GT, exp.EQ, exp.Between)


def statements_of_the_log() -> list[str]:
    names = (one.name.removesuffix(".sql") for one in resources.files("shared.sql").iterdir())
    return sorted(name for name in names if name not in METADATA_VIEWS and mentions_the_log(name))


def mentions_the_log(name: str) -> bool:
    source = resources.files("shared.sql").joinpath(f"{name}.sql")
    return source.is_file() and any(table in source.read_text(encoding="utf-8") for table in OF_THE_LOG)


def parse(name: str) -> exp.Expr:
    """The statement with no condition but those that every caller gives."""
    fold = statement("pipeline_runs", run_events="wanted_events")
    sql = statement(name, given=(), run_events="run_events", pipeline_runs=fold)
    return sqlglot.parse_one(sql, dialect="bigquery")


def reads_of_the_log(tree: exp.Expr) -> list[exp.Select]:
    """The SELECT around each mention of a table or view of the log."""
    found = (
        table.find_ancestor(exp.Select) for table in tree.find_all(exp.Table) if table.name in OF_THE_LOG
    )
    return [select for select in found if select is not None]


def names_days(select: exp.Select) -> bool:
    """Whether its WHERE has, joined to the rest by AND, a lower bound of the day that no row has a part in."""
    where = select.args.get("where")
    conditions = where.this.flatten() if where is not None and isinstance(where.this, exp.And) else []
    conditions = list(conditions) or ([where.this] if where is not None else [])
    return any(is_lower_bound(one.unnest()) for one in conditions)


def is_lower_bound(condition: exp.Expr) -> bool:
    if not isinstance(condition, LOWER_BOUNDS):
        return False
    column, *bounds = condition.iter_expressions()
    return (
        isinstance(column, exp.Column)
        and column.name == COLUMN
        and not any(bound.find(exp.Column, exp.Subquery) for bound in bounds)
    )


def groups(tree: exp.Expr) -> list[list[str]]:
    """The columns of each GROUP BY and of each window's PARTITION BY."""
    grouped = [group.expressions for group in tree.find_all(exp.Group)]
    windowed = [window.args.get("partition_by") or [] for window in tree.find_all(exp.Window)]
    return [[one.name for one in columns] for columns in (*grouped, *windowed)]


@pytest.mark.parametrize("name", statements_of_the_log())
def test_a_statement_of_the_log_names_the_days_it_reads_whichever_filters_are_given(name: str) -> None:
    reads = reads_of_the_log(parse(name))

    assert (name in WITHOUT_DAYS) is not all(map(names_days, reads))


@pytest.mark.parametrize("name", METADATA_VIEWS)
def test_a_condition_on_the_day_reaches_the_log_through_a_view(name: str) -> None:
    found = groups(parse(name))

    assert found
    assert [columns for columns in found if COLUMN not in columns] == []


def test_every_statement_that_reads_the_log_is_looked_at() -> None:
    assert {"read_events", "list_runs", "list_open_runs", "list_outcomes"} < set(statements_of_the_log())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("run_date >= @first", True),
        ("run_date BETWEEN @first AND @last AND tenant_id = @tenant_id", True),
        ("(run_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 2 DAY)) AND tenant_id = 'a'", True),
        ("tenant_id = @tenant_id", False),
        ("run_date <= @last", False),
        ("run_date >= @first OR tenant_id = 'a'", False),
        ("run_date >= DATE(occurred_at)", False),
        ("run_date >= (SELECT MAX(day) FROM days)", False),
        ("run_date >= IFNULL(@first, run_date)", False),
        ("DATE_ADD(run_date, INTERVAL 1 DAY) >= @first", False),
    ],
)
def test_only_a_lower_bound_of_constants_counts(condition: str, expected: bool) -> None:
    select = sqlglot.parse_one(f"SELECT run_id FROM run_events WHERE {condition}", dialect="bigquery")

    assert isinstance(select, exp.Select)
    assert names_days(select) is expected
