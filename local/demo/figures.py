"""What the demo's tables must hold, worked out apart from the platform, and what they do hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from google.cloud import bigquery

from local.samples.gcp_billing_export import daily_net_cost, rows

TENANT = "acme_corp_001"
GCP_PIPELINE = f"{TENANT}-gcp-cost-export"
FOCUS_PIPELINE = f"{TENANT}-focus-cost-import"
FOCUS_ROWS = 120
FOCUS_BILLED_COST = Decimal("2.686878060")
SEED = 1

DayKey = tuple[date, str, str, str]
"""Usage day, service, project (empty for none), currency."""
DayFigures = tuple[Decimal, Decimal, Decimal, int]
"""Billed cost, credits, net cost, number of charges."""


@dataclass(frozen=True)
class Comparison:
    """One figure that was expected, and what was found."""

    what: str
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        """Whether they are the same."""
        return self.expected == self.found


def compare(
    client: bigquery.Client, *, exported: tuple[date, date], usage: tuple[date, date]
) -> Iterator[Comparison]:
    """Every figure of the demo, exact to the last decimal.

    `exported` are the days of the sample export, `usage` the days that the run was about.
    """
    sample = list(rows(first_day=exported[0], last_day=exported[1], seed=SEED))
    in_range = [row for row in sample if usage[0] <= _usage_day(row) <= usage[1]]
    expected = _expected_days(sample, usage)
    found = _found_days(client)
    raw = "SELECT COUNT(*) FROM raw_data WHERE pipeline_id = @pipeline_id"
    yield Comparison("GCP rows in raw_data", str(len(in_range)), _scalar(client, raw, GCP_PIPELINE))
    yield Comparison("GCP rows in transformed_data", str(len(expected)), str(len(found)))
    wrong = [key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)]
    yield Comparison("days, services and projects with another cost", "0", str(len(wrong)))
    total = net_cost(expected)
    yield Comparison("GCP net cost in transformed_data", total, net_cost(found))
    metric = "SELECT SUM(value) FROM metrics WHERE pipeline_id = @pipeline_id AND dimension = ''"
    yield Comparison("GCP net cost in metrics", total, _scalar(client, metric, GCP_PIPELINE))
    yield Comparison("FOCUS rows in raw_data", str(FOCUS_ROWS), _scalar(client, raw, FOCUS_PIPELINE))
    focus = "SELECT SUM(billed_cost) FROM transformed_data WHERE pipeline_id = @pipeline_id"
    yield Comparison("FOCUS billed cost", _money(FOCUS_BILLED_COST), _scalar(client, focus, FOCUS_PIPELINE))


def net_cost(days: dict[DayKey, DayFigures]) -> str:
    """The days' net cost added up, written in one way however many zeros its amounts end in."""
    return _money(sum((figures[2] for figures in days.values()), Decimal(0)))


def query(client: bigquery.Client, sql: str, pipeline_id: str) -> list[bigquery.Row]:
    """Rows of the tenant's dataset."""
    config = bigquery.QueryJobConfig(
        default_dataset=f"{client.project}.{TENANT}",
        query_parameters=[bigquery.ScalarQueryParameter("pipeline_id", "STRING", pipeline_id)],
    )
    return list(client.query_and_wait(sql, job_config=config, wait_timeout=600))


def _expected_days(sample: list[dict[str, object]], usage: tuple[date, date]) -> dict[DayKey, DayFigures]:
    days = daily_net_cost(sample, first_day=usage[0], last_day=usage[1])
    return {
        (day, service, project or "", currency): (
            cost.billed_cost,
            cost.credits,
            cost.net_cost,
            cost.charge_count,
        )
        for (day, service, project, currency), cost in days.items()
    }


def _found_days(client: bigquery.Client) -> dict[DayKey, DayFigures]:
    sql = """
        SELECT usage_date, service, project, currency, billed_cost, credits, net_cost, charge_count
        FROM transformed_data
        WHERE pipeline_id = @pipeline_id
    """
    return {
        (row["usage_date"], row["service"], row["project"], row["currency"]): (
            row["billed_cost"],
            row["credits"],
            row["net_cost"],
            row["charge_count"],
        )
        for row in query(client, sql, GCP_PIPELINE)
    }


def _usage_day(row: dict[str, object]) -> date:
    return datetime.fromisoformat(str(row["usage_start_time"]).replace(" UTC", "+00:00")).date()


def _scalar(client: bigquery.Client, sql: str, pipeline_id: str) -> str:
    value = query(client, sql, pipeline_id)[0][0]
    return _money(value) if isinstance(value, Decimal) else str(value)


def _money(amount: Decimal) -> str:
    """All decimals that matter, and no exponent."""
    return f"{amount.normalize():f}"
