"""EventLog on `metadata.run_events`."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, ValidationError

from shared.adapters.bigquery_run_pages import read_outcomes, read_run_page
from shared.adapters.day_uses import read_day_use
from shared.adapters.google_errors import translated
from shared.adapters.rule_figures import read_rule_figures
from shared.adapters.short_queries import CALL_SECONDS, array_parameter, parameter, read_rows
from shared.adapters.source_readings import TAKEN_FIELDS, read_source_readings, reading_columns
from shared.domain.day_use import DayUse
from shared.domain.errors import NotYetError, TransientError, json_pointer
from shared.domain.event import EVENT, Event, RunQueued, SourceRead, StepEvent, event_id
from shared.domain.ids import PipelineId, RunId, run_date
from shared.domain.message import listed
from shared.domain.model import RECORDED
from shared.domain.plan import Plan
from shared.domain.progress import SourceReading
from shared.domain.rule_figure import RuleFigure
from shared.domain.run_list import RunOutcome, RunPage, RunQuery
from shared.domain.slots import OpenRun
from shared.log import log
from shared.ports import OPEN_RUN_DAYS
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery

_ROW_FIELDS = {"event_type", "tenant_id", "pipeline_id", "run_id", "occurred_at", "error_message", "plan"}
_STEP_FIELDS = {"step_number", "step_id", "step_type", "attempt"}
_PLAN_FIELDS = ("step_count", "parameters", "timeout_seconds", "concurrent_runs", "rows_of")
"""What the views read of a plan stands in `detail` as well, so that they need not read whole plans."""


class BigQueryLog:
    """Appends by streaming, which has no limit on concurrent writers; reads one partition a run."""

    def __init__(self, client: "bigquery.Client", *, dataset: str) -> None:
        self._client = client
        self._dataset = dataset

    def append(self, events: Sequence[Event]) -> None:
        """Record the events. A fact that is recorded again within a minute BigQuery may drop: a sign of life is that
        much out of date.
        """
        stream_rows(self._client, [event_row(event) for event in events], dataset=self._dataset)

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        """The runs' events. Raises NotYetError where one was recorded by a release that knows more."""
        rows = self._read_events(tenant_id, run_ids, with_plan=known is None)
        if known is None:
            return [_readable_event(row) for row in rows]
        if any(_is_acceptance(row) and not _is_same(row, known) for row in rows):
            return self.read(tenant_id, run_ids)  # The run was accepted twice.
        return [known if _is_acceptance(row) else _readable_event(row) for row in rows]

    def _read_events(
        self, tenant_id: str, run_ids: Sequence[RunId], *, with_plan: bool
    ) -> list[dict[str, Any]]:
        dates = [run_date(run_id) for run_id in run_ids]
        rows = read_rows(
            self._client,
            statement("read_events", given=["plan"] if with_plan else []),
            dataset=self._dataset,
            parameters=[
                parameter("first_date", "DATE", min(dates).isoformat()),
                parameter("last_date", "DATE", max(dates).isoformat()),
                parameter("tenant_id", "STRING", tenant_id),
                array_parameter("run_ids", "STRING", run_ids),
            ],
            doing="read run_events",
        )
        return [dict(row) for row in rows]

    def list_runs(self, query: RunQuery) -> RunPage:
        """One page, of which the view `pipeline_runs` folds the runs."""
        return read_run_page(self._client, query, dataset=self._dataset)

    def list_open_runs(
        self,
        tenant_id: str | None = None,
        *,
        ended_since: datetime | None = None,
        days: int = OPEN_RUN_DAYS,
    ) -> list[OpenRun]:
        """The runs of the last days that have not ended, folded as in `pipeline_runs`, but for those it can't read."""
        sent = [parameter("open_run_days", "INT64", days)]
        if tenant_id is not None:
            sent.append(parameter("tenant_id", "STRING", tenant_id))
        if ended_since is not None:
            sent.append(parameter("ended_since", "TIMESTAMP", ended_since))
        fold = statement("pipeline_runs", run_events="wanted_events")
        given = [str(each.name) for each in sent]
        sql = statement("list_open_runs", given=given, pipeline_runs=fold)
        rows = read_rows(self._client, sql, dataset=self._dataset, parameters=sent, doing="list open runs")
        runs = (_open_run(dict(row)) for row in rows)
        return [run for run in runs if run is not None]

    def list_reruns(self, tenant_id: str, run_id: RunId) -> list[RunId]:
        """The reruns of a run."""
        return self._list_since("list_reruns", tenant_id, run_id=run_id, doing="list reruns")

    def read_day_use(self, tenant_id: str, *, since: datetime, besides: Sequence[RunId]) -> DayUse:
        """What the tenant used since a UTC day began."""
        return read_day_use(self._client, tenant_id, since=since, besides=besides, dataset=self._dataset)

    def list_backfill_runs(self, tenant_id: str, backfill_id: RunId) -> list[RunId]:
        """The backfill's runs."""
        doing = "list a backfill's runs"
        return self._list_since("list_backfill_runs", tenant_id, backfill_id=backfill_id, doing=doing)

    def _list_since(self, name: str, tenant_id: str, *, doing: str, **of: RunId) -> list[RunId]:
        """Runs that came of one, whose id the statement has under the name that is given, from its day on."""
        days = [parameter("run_date", "DATE", run_date(each).isoformat()) for each in of.values()]
        known = [parameter(key, "STRING", each) for key, each in of.items()]
        sent = [*days, parameter("tenant_id", "STRING", tenant_id), *known]
        rows = read_rows(self._client, statement(name), dataset=self._dataset, parameters=sent, doing=doing)
        return [RunId(row["run_id"]) for row in rows]

    def list_readings(
        self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date
    ) -> list[SourceReading]:
        """What a pipeline's readings took since a day."""
        return read_source_readings(
            self._client, tenant_id, pipeline_id, first_date=first_date, dataset=self._dataset
        )

    def list_figures(
        self, tenant_id: str, pipeline_id: PipelineId, *, step_id: str, first_date: date
    ) -> list[RuleFigure]:
        """What a step's rules recorded since a day."""
        asked = (self._client, tenant_id, pipeline_id)
        return read_rule_figures(*asked, step_id=step_id, first_date=first_date, dataset=self._dataset)

    def list_outcomes(self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date) -> list[RunOutcome]:
        """A pipeline's runs since a day, from the view `pipeline_runs`."""
        asked = (self._client, tenant_id, pipeline_id)
        return read_outcomes(*asked, first_date=first_date, dataset=self._dataset)


def stream_rows(client: "bigquery.Client", rows: Sequence[Mapping[str, JsonValue]], *, dataset: str) -> None:
    """Stream rows into `run_events`, each under its `event_id`. When this returns, they are kept.

    Raises TransientError for rows that BigQuery refuses.
    """
    from google.cloud.bigquery.retry import DEFAULT_RETRY

    with translated("append to run_events"):
        errors = client.insert_rows_json(
            f"{client.project}.{dataset}.run_events",
            rows,
            row_ids=[str(row["event_id"]) for row in rows],
            retry=DEFAULT_RETRY.with_timeout(CALL_SECONDS),
            timeout=CALL_SECONDS,
        )
    if errors:
        reasons = sorted({str(item["reason"]) for row in errors for item in row["errors"]})
        raise TransientError(f"run_events refused {len(errors)} events: {', '.join(reasons)}")


def event_row(event: Event) -> dict[str, JsonValue]:
    """The event as a row of `run_events`: what every event has in columns, the rest in `detail`."""
    fields = event.model_dump(mode="json", context=RECORDED)
    columns = _ROW_FIELDS | (_STEP_FIELDS if isinstance(event, StepEvent) else set())
    detail = {name: value for name, value in fields.items() if name not in columns}
    if isinstance(event, RunQueued):
        detail |= _plan_detail(event.plan)
    if isinstance(event, SourceRead):
        detail = _without(detail, *TAKEN_FIELDS)
    row = {name: value for name, value in fields.items() if name in columns}
    row["event_id"] = event_id(event)
    row["run_date"] = run_date(event.run_id).isoformat()
    row["detail"] = json.dumps(detail)
    if isinstance(event, RunQueued):
        row["plan"] = json.dumps(fields["plan"])
    return row | reading_columns(event, fields)


def event_of_row(row: dict[str, Any]) -> Event:
    """The event that `event_row` wrote. What only views read is left out."""
    fields = {name: value for name, value in row.items() if value is not None}
    detail = json.loads(fields.pop("detail", None) or "{}")
    plan = fields.pop("plan", None)
    if plan not in (None, "null"):
        fields["plan"] = json.loads(plan)
    return EVENT.validate_python(fields | _without(detail, *_PLAN_FIELDS), context=RECORDED)


def _is_acceptance(row: dict[str, Any]) -> bool:
    return bool(row["event_type"] == "RunQueued")


def _is_same(row: dict[str, Any], known: RunQueued) -> bool:
    """Whether the row without its plan is that acceptance. Two of one run differ in time, or in what was asked for."""
    own = event_row(known)
    fields = {"tenant_id", "pipeline_id", "run_id"}
    return (
        row["occurred_at"] == known.occurred_at
        and {name: row[name] for name in fields} == {name: own[name] for name in fields}
        and json.loads(row["detail"] or "{}") == json.loads(str(own["detail"]))
    )


def _readable_event(row: dict[str, Any]) -> Event:
    try:
        return event_of_row(row)
    except ValidationError as error:
        wrong = sorted({json_pointer(*each["loc"]) for each in error.errors()})
        told = (
            f"This release can't read {row['event_type']} of run {row['run_id']}: wrong are {listed(wrong)}"
        )
    # Raised outside the handler: pydantic's own error quotes the row.
    raise NotYetError(told)


def _plan_detail(plan: Plan) -> dict[str, JsonValue]:
    return {
        "step_count": len(plan.steps),
        "parameters": {value.name: value.json_value for value in plan.parameters},
        "timeout_seconds": plan.timeout_seconds,
        "concurrent_runs": plan.concurrent_runs,
        "rows_of": plan.rows_of,
    }


def _open_run(row: dict[str, Any]) -> OpenRun | None:
    part = {"backfill_id": row["backfill_id"], "concurrent_runs": row["backfill_concurrent_runs"]}
    fields = _without(row, "backfill_id", "backfill_concurrent_runs")
    try:
        return OpenRun.model_validate({**fields, "backfill": part if row["backfill_id"] else None})
    except ValidationError as error:
        # One run that can't be read, such as another release's, must not keep all others from being looked after.
        wrong = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
        log("open_run_unreadable", severity="ERROR", run_id=str(row["run_id"]), reason=f"wrong are: {wrong}")
        return None


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in names}
