"""A page of a tenant's runs: which they are, from their acceptances, then what their events add up to."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.short_queries import array_parameter, parameter, read_rows
from shared.domain.ids import PipelineId, RunId, run_date
from shared.domain.run_list import PageMark, RunOutcome, RunPage, RunQuery, RunSummary
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery

    Parameter = bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter

_ACCEPTED_AFTER = timedelta(days=1)
"""A run's id may be of the day before it was accepted, as where an idempotency key was used at midnight."""


def read_run_page(client: "bigquery.Client", query: RunQuery, *, dataset: str) -> RunPage:
    """The page. Whether a run has a status only the fold of all runs of the time asked for can tell.

    Without a status two queries are sent, because BigQuery reads only the partitions that constants name: what a query
    finds out itself narrows nothing.
    """
    if query.status is not None:
        wanted = [*_time(query), *_filters(query), _of("status", query.status), *_place(query)]
        found = _rows(client, "list_runs", wanted, dataset=dataset)
        return _page(query, found, total=found[0]["total"] if found else 0)
    wanted = [*_time(query), *_filters(query), *_place(query)]
    ids = _rows(client, "find_runs", wanted, dataset=dataset)
    if not ids:
        return RunPage(runs=(), total=0, next_mark=None)
    run_ids = [RunId(row["run_id"]) for row in ids]
    return _page(
        query, _rows(client, "list_runs", _named(query, run_ids), dataset=dataset), total=ids[0]["total"]
    )


def read_outcomes(
    client: "bigquery.Client", tenant_id: str, pipeline_id: PipelineId, *, first_date: date, dataset: str
) -> list[RunOutcome]:
    """A pipeline's runs since a day, from the view `pipeline_runs`."""
    rows = read_rows(
        client,
        statement("list_outcomes"),
        dataset=dataset,
        parameters=[
            parameter("first_date", "DATE", first_date.isoformat()),
            parameter("tenant_id", "STRING", tenant_id),
            parameter("pipeline_id", "STRING", pipeline_id),
        ],
        doing="list a pipeline's runs",
    )
    return [RunOutcome.model_validate({**row, "parameters": json.loads(row["parameters"])}) for row in rows]


def _rows(
    client: "bigquery.Client", name: str, parameters: Iterable["Parameter"], *, dataset: str
) -> list[dict[str, Any]]:
    sent = list(parameters)
    sql = statement(name, given=[str(each.name) for each in sent])
    return [dict(row) for row in read_rows(client, sql, dataset=dataset, parameters=sent, doing="list runs")]


def _page(query: RunQuery, rows: Sequence[dict[str, Any]], *, total: int) -> RunPage:
    runs = tuple(map(_summary, rows[: query.limit]))
    last = runs[-1] if len(rows) > query.limit else None
    mark = PageMark(created_at=last.created_at, run_id=last.run_id, since=query.since) if last else None
    return RunPage(runs=runs, total=total, next_mark=mark)


def _summary(row: dict[str, Any]) -> RunSummary:
    # A list in one text, as the view has it: no name has a comma in it.
    warnings = tuple(filter(None, (row["warnings"] or "").split(", ")))
    fields = {name: value for name, value in row.items() if name != "total"}
    return RunSummary.model_validate({**fields, "warnings": warnings})


def _time(query: RunQuery) -> list["Parameter"]:
    found: list[Parameter] = [
        _day("first_date", query.since.date() - _ACCEPTED_AFTER),
        parameter("since", "TIMESTAMP", query.since),
    ]
    if query.until is not None:
        found += [_day("last_date", query.until.date()), parameter("until", "TIMESTAMP", query.until)]
    return found


def _filters(query: RunQuery) -> list["Parameter"]:
    said = {"pipeline_id": query.pipeline_id, "backfill_id": query.backfill_id}
    return [
        _of("tenant_id", query.tenant_id),
        *(_of(name, value) for name, value in said.items() if value is not None),
    ]


def _place(query: RunQuery) -> list["Parameter"]:
    found: list[Parameter] = [parameter("row_limit", "INT64", query.limit + 1)]
    if query.after is not None:
        found += [
            parameter("after_created_at", "TIMESTAMP", query.after.created_at),
            _of("after_run_id", query.after.run_id),
        ]
    return found


def _named(query: RunQuery, run_ids: Sequence[RunId]) -> list["Parameter"]:
    dates = [run_date(run_id) for run_id in run_ids]
    return [
        _day("first_date", min(dates)),
        _day("last_date", max(dates)),
        _of("tenant_id", query.tenant_id),
        array_parameter("run_ids", "STRING", run_ids),
        parameter("row_limit", "INT64", len(run_ids)),
    ]


def _of(name: str, text: str) -> "Parameter":
    return parameter(name, "STRING", text)


def _day(name: str, day: date) -> "Parameter":
    return parameter(name, "DATE", day.isoformat())
