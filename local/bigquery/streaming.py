"""tabledata.insertAll: rows streamed into a table."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pyarrow as pa
from bqemulator.api.dependencies import AppContext
from bqemulator.api.routes.tabledata import _build_arrow_schema
from bqemulator.api.routes.tables import _field_to_rest
from bqemulator.catalog.models import TableMeta
from bqemulator.storage.sql_identifiers import quoted_table_ref
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.bigquery.lanes import Lanes
from local.bigquery.problem import ApiError
from local.bigquery.tables import require_table_meta
from local.bigquery.values import ValueRefusedError, stored_row

INSERT_ALL = "/bigquery/v2/projects/{project}/datasets/{dataset}/tables/{table}/insertAll"
# BigQuery remembers an insertId for about a minute.
_REMEMBER_SECONDS = 60.0
_MOST_ROWS = 50_000
_STOPPED = {"reason": "stopped", "location": "", "debugInfo": "", "message": ""}


class Streaming:
    """Streams rows, each insertId once.

    Upstream 1.4.0 ignores insertIds and unknown fields, and fails the request at the first bad value;
    BigQuery answers which rows are wrong and stores none of the others either, unless told to.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._expires_by_id: dict[tuple[str, str], float] = {}

    def routes(self) -> list[Route]:
        """The call answered here."""
        return [Route(INSERT_ALL, self._insert_all, methods=["POST"])]

    async def _insert_all(self, request: Request) -> Response:
        # Decimals, because a NUMERIC may come as a JSON number of any length.
        body = json.loads(await request.body(), parse_float=Decimal)
        rows = body.get("rows") or []
        if not rows:
            raise ApiError("invalid", "No rows present in the request.")
        if len(rows) > _MOST_ROWS:
            raise ApiError(
                "invalid",
                f"Too many rows present in the request, limit: {_MOST_ROWS} row count: {len(rows)}.",
            )

        async def insert(storage: AppContext) -> list[dict[str, Any]]:
            meta = require_table_meta(storage, **request.path_params)
            if meta.table_type == "VIEW":
                raise ApiError("invalid", f"Cannot add rows to a table of type VIEW: {meta.table_id}")
            return self._store(storage, meta, body=body)

        errors = await self._lanes.commit(insert, short=True)
        answer: dict[str, Any] = {"kind": "bigquery#tableDataInsertAllResponse"}
        if errors:
            answer["insertErrors"] = errors
        else:
            self._remember(request, rows)
        return JSONResponse(answer)

    def _store(self, storage: AppContext, meta: TableMeta, *, body: dict[str, Any]) -> list[dict[str, Any]]:
        good, errors = _read_rows(meta, body)
        if errors and not body.get("skipInvalidRows"):
            bad = {error["index"] for error in errors}
            stopped = [
                {"index": index, "errors": [_STOPPED]}
                for index in range(len(body["rows"]))
                if index not in bad
            ]
            return sorted(errors + stopped, key=lambda error: int(error["index"]))
        fresh = self._unseen(meta, body["rows"], good)
        if fresh:
            _append(storage, meta, fresh)
        return errors

    def _unseen(
        self, meta: TableMeta, rows: list[dict[str, Any]], good: dict[int, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The good rows whose insertId was not stored within the last minute, nor earlier in the request."""
        now = time.monotonic()
        name = quoted_table_ref(meta.project_id, meta.dataset_id, meta.table_id)
        seen: set[str] = set()
        fresh = []
        for index, row in good.items():
            insert_id = rows[index].get("insertId")
            if insert_id is not None:
                if insert_id in seen or self._expires_by_id.get((name, insert_id), 0) > now:
                    continue
                seen.add(insert_id)
            fresh.append(row)
        return fresh

    def _remember(self, request: Request, rows: list[dict[str, Any]]) -> None:
        """Note the ids of stored rows. Called when they are committed: a failed request may be repeated."""
        now = time.monotonic()
        if len(self._expires_by_id) > _MOST_ROWS:
            self._expires_by_id = {key: at for key, at in self._expires_by_id.items() if at > now}
        where = request.path_params
        name = quoted_table_ref(where["project"], where["dataset"], where["table"])
        for row in rows:
            if row.get("insertId") is not None:
                self._expires_by_id[name, row["insertId"]] = now + _REMEMBER_SECONDS


def _read_rows(
    meta: TableMeta, body: dict[str, Any]
) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """Good rows by index, and what is wrong with the others."""
    good: dict[int, dict[str, Any]] = {}
    errors = []
    ignore_unknown = bool(body.get("ignoreUnknownValues"))
    for index, row in enumerate(body["rows"]):
        try:
            good[index] = stored_row(
                meta.schema_.fields, row.get("json") or {}, ignore_unknown=ignore_unknown
            )
        except ValueRefusedError as refused:
            error = {
                "reason": "invalid",
                "location": refused.location,
                "debugInfo": "",
                "message": refused.message,
            }
            errors.append({"index": index, "errors": [error]})
    return good, errors


def _append(storage: AppContext, meta: TableMeta, rows: list[dict[str, Any]]) -> None:
    schema = _build_arrow_schema([_field_to_rest(column) for column in meta.schema_.fields])
    # Arrow refuses nulls in columns that must not have any, also inside arrays; that was checked above.
    table = pa.Table.from_pylist(rows, schema=pa.schema([field.with_nullable(True) for field in schema]))
    reference = quoted_table_ref(meta.project_id, meta.dataset_id, meta.table_id)
    connection = storage.engine.connection
    connection.register("streamed_rows", table)
    try:
        columns = ", ".join(f'"{column.name}"' for column in meta.schema_.fields)
        connection.execute(f"INSERT INTO {reference} ({columns}) SELECT {columns} FROM streamed_rows")  # noqa: S608
    finally:
        connection.unregister("streamed_rows")
