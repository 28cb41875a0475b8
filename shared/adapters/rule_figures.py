"""Figures of rules, in `metadata.run_events`."""

from datetime import date
from typing import TYPE_CHECKING

from shared.adapters.short_queries import parameter, read_rows
from shared.domain.ids import PipelineId
from shared.domain.rule_figure import RuleFigure
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery


def read_rule_figures(
    client: "bigquery.Client",
    tenant_id: str,
    pipeline_id: PipelineId,
    *,
    step_id: str,
    first_date: date,
    dataset: str,
) -> list[RuleFigure]:
    """What the rules of a pipeline's step recorded since a day, where the step succeeded."""
    rows = read_rows(
        client,
        statement("list_figures"),
        dataset=dataset,
        parameters=[
            parameter("first_date", "DATE", first_date.isoformat()),
            parameter("tenant_id", "STRING", tenant_id),
            parameter("pipeline_id", "STRING", pipeline_id),
            parameter("step_id", "STRING", step_id),
        ],
        doing="list the figures of a step's rules",
    )
    return [
        RuleFigure(
            run_id=row["run_id"],
            rule_id=row["rule_id"],
            of=row["figure_of"],
            days=row["figure_days"],
            figure=row["figure"],
            rows=row["rows_checked"],
            recorded_at=row["occurred_at"],
        )
        for row in rows
    ]
