"""What a tenant used in a day, counted in `run_events`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.adapters.short_queries import array_parameter, parameter, read_rows
from shared.domain.day_use import DayUse
from shared.domain.ids import RunId
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery


def read_day_use(
    client: "bigquery.Client", tenant_id: str, *, since: datetime, besides: Sequence[RunId], dataset: str
) -> DayUse:
    """What the tenant used since the day began; runs `besides` are not counted, their bytes are."""
    today = since.date()
    rows = read_rows(
        client,
        statement("read_day_use"),
        dataset=dataset,
        parameters=[
            parameter("first_date", "DATE", (today - timedelta(days=1)).isoformat()),
            parameter("last_date", "DATE", today.isoformat()),
            parameter("tenant_id", "STRING", tenant_id),
            parameter("since", "TIMESTAMP", since),
            array_parameter("besides", "STRING", besides),
        ],
        doing="count a tenant's day",
    )
    return DayUse.model_validate(dict(rows[0]))
