"""Runs that never happened, as copies of one that did: the same events under other ids, at other times."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud import bigquery

from shared.domain.ids import RunId, run_date, run_id_at

DAYS = 30
"""The copies are spread evenly over so many days before today."""
_RUNS_A_LOAD = 10_000
_TABLE = "metadata.run_events"
_EVENTS = """
SELECT * REPLACE (TO_JSON_STRING(detail) AS detail, TO_JSON_STRING(plan) AS plan)
FROM metadata.run_events
WHERE run_id = @run_id
"""


def add_past(client: bigquery.Client, *, like: str, count: int) -> list[RunId]:
    """Load `count` copies of a run's events; the ids of the copies, oldest first."""
    pattern = _events(client, like)
    schema = client.get_table(_TABLE).schema
    midnight = datetime.now(tz=UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    every = timedelta(days=DAYS) / count
    run_ids: list[RunId] = []
    for first in range(0, count, _RUNS_A_LOAD):
        moments = [midnight - every * (count - i) for i in range(first, min(first + _RUNS_A_LOAD, count))]
        fresh = [run_id_at(moment) for moment in moments]
        lines = _lines(pattern, like, zip(fresh, moments, strict=True))
        config = bigquery.LoadJobConfig(
            source_format="NEWLINE_DELIMITED_JSON", schema=schema, write_disposition="WRITE_APPEND"
        )
        client.load_table_from_file(io.BytesIO("".join(lines).encode()), _TABLE, job_config=config).result()
        run_ids += fresh
    return run_ids


def _events(client: bigquery.Client, run_id: str) -> list[dict[str, Any]]:
    parameter = bigquery.ScalarQueryParameter("run_id", "STRING", run_id)
    config = bigquery.QueryJobConfig(query_parameters=[parameter])
    return [dict(row) for row in client.query_and_wait(_EVENTS, job_config=config)]


def _lines(
    pattern: list[dict[str, Any]], like: str, copies: Iterator[tuple[RunId, datetime]]
) -> Iterator[str]:
    """One line of JSON an event. What differs in a copy is put into the text, which is quicker than to encode it."""
    began = min(row["occurred_at"] for row in pattern)
    texts = [(_text(row, like), row["occurred_at"] - began) for row in pattern]
    for run_id, moment in copies:
        day = run_date(run_id).isoformat()
        for text, after in texts:
            at = (moment + after).isoformat()
            yield text.replace("<run>", run_id).replace("<day>", day).replace("<at>", at)


def _text(row: dict[str, Any], like: str) -> str:
    fields = {name: value for name, value in row.items() if value is not None}
    for name in ("detail", "plan"):
        # What is JSON in a column is JSON in the line, not text.
        if name in fields:
            fields[name] = json.loads(fields[name])
    return json.dumps({**fields, "run_date": "<day>", "occurred_at": "<at>"}).replace(like, "<run>") + "\n"
