"""tabledata.insertAll: rows streamed into a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from local.bigquery.catalog import Table, TableId
from local.bigquery.database import Database
from local.bigquery.inserts import few_rows, rows_parameter, rows_source
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.scalars import parse_json
from local.bigquery.session import Session
from local.bigquery.tables import require_table
from local.bigquery.translate.literals import identifier
from local.bigquery.values import ReadRow, ValueRefusedError, row_reader
from local.bigquery.web import Request, Response, Route, json_response

INSERT_ALL = "/bigquery/v2/projects/{project}/datasets/{dataset}/tables/{table}/insertAll"
# BigQuery remembers an insertId for about a minute.
_REMEMBER_SECONDS = 60.0
_MOST_ROWS = 50_000
_STOPPED = {"reason": "stopped", "location": "", "debugInfo": "", "message": ""}


class Streaming:
    """Streams rows, each insertId once.

    BigQuery answers which rows are wrong and stores none of the others either, unless told to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._expires_by_id: dict[tuple[TableId, str], float] = {}
        self._inserts = lru_cache(maxsize=256)(_insert_sql)
        self._readers = lru_cache(maxsize=256)(_reader)

    def routes(self) -> list[Route]:
        """The call answered here."""
        return [Route("POST", INSERT_ALL, self._insert_all)]

    async def _insert_all(self, request: Request) -> Response:
        body = _parse_body(request)
        id = TableId(**request.path_params)
        errors = await self._database.run(lambda session: self._store(session, id, body))
        answer: dict[str, Any] = {"kind": "bigquery#tableDataInsertAllResponse"}
        if errors:
            answer["insertErrors"] = errors
        # Noted when they are committed: a failed request may be repeated.
        wrong = {error["index"] for error in errors}
        self._remember(id, [row for index, row in enumerate(body["rows"]) if index not in wrong])
        return json_response(answer)

    def _store(self, session: Session, id: TableId, body: dict[str, Any]) -> list[dict[str, Any]]:
        session.lock(id, Lock.APPEND)
        table = require_table(session.catalog, id)
        if table.is_view:
            raise ApiError("invalid", f"Cannot add rows to a table of type VIEW: {id.table}")
        read = self._readers(_Hashed(table), bool(body.get("ignoreUnknownValues")))
        good, errors = _read_rows(read, body["rows"])
        if errors and not body.get("skipInvalidRows"):
            wrong = {error["index"] for error in errors}
            stopped = [{"index": index, "errors": [_STOPPED]} for index in good if index not in wrong]
            return sorted(errors + stopped, key=lambda error: int(error["index"]))
        fresh = self._unseen(id, body["rows"], good)
        if fresh:
            self._insert(session, table, fresh)
        return errors

    def _insert(self, session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
        if all(len(row) == len(table.columns) for row in rows):
            self._insert_whole(session, table, rows, sql=self._inserts)
            return
        # What is left out has a default value, which is DuckDB's business: rows that leave out the same go together.
        by_places: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            by_places.setdefault(tuple(row), []).append(row)
        for places, some in by_places.items():
            narrow = _narrowed(table, places)
            named = [{f"_{at}": value for at, value in enumerate(row.values(), 1)} for row in some]
            self._insert_whole(session, narrow, named, sql=_insert_sql)

    def _insert_whole(
        self, session: Session, table: Table, rows: list[dict[str, Any]], *, sql: Callable[[_Hashed], str]
    ) -> None:
        few = few_rows(table, rows)
        if few is None:
            session.execute(sql(_Hashed(table)), rows_parameter(rows))
        else:
            session.begin_with(f"{_insert_into(table)} {few}")

    def _unseen(
        self, id: TableId, rows: list[dict[str, Any]], good: dict[int, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The good rows whose insertId was not stored within the last minute, nor earlier in the request."""
        now = time.monotonic()
        seen: set[str] = set()
        fresh = []
        for index, row in good.items():
            insert_id = rows[index].get("insertId")
            if insert_id is not None:
                if insert_id in seen or self._expires_by_id.get((id, insert_id), 0) > now:
                    continue
                seen.add(insert_id)
            fresh.append(row)
        return fresh

    def _remember(self, id: TableId, rows: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        if len(self._expires_by_id) > _MOST_ROWS:
            self._expires_by_id = {key: at for key, at in self._expires_by_id.items() if at > now}
        for row in rows:
            if row.get("insertId") is not None:
                self._expires_by_id[id, row["insertId"]] = now + _REMEMBER_SECONDS


class _Hashed:
    """A table of one version, as a key."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __hash__(self) -> int:
        return self.table.version

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and other.table.version == self.table.version


def _parse_body(request: Request) -> dict[str, Any]:
    try:
        body = parse_json(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ApiError("invalid", "Parse Error: the request's body is no JSON") from error
    rows = body.get("rows") if isinstance(body, dict) else None
    if not rows:
        raise ApiError("invalid", "No rows present in the request.")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError("invalid", "Parse Error: rows must be a list of objects with a member json")
    if len(rows) > _MOST_ROWS:
        message = f"Too many rows present in the request, limit: {_MOST_ROWS} row count: {len(rows)}."
        raise ApiError("invalid", message)
    return dict(body)


def _read_rows(
    read: ReadRow, rows: list[dict[str, Any]]
) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """Good rows by index, and what is wrong with the others."""
    good: dict[int, dict[str, Any]] = {}
    errors = []
    for index, row in enumerate(rows):
        try:
            given = row.get("json") or {}
            if not isinstance(given, dict):
                raise ValueRefusedError("", "This row is not a record.")
            good[index] = read(given)
        except ValueRefusedError as refused:
            error = {
                "reason": "invalid",
                "location": refused.location,
                "debugInfo": "",
                "message": refused.message,
            }
            errors.append({"index": index, "errors": [error]})
    return good, errors


def _insert_into(table: Table) -> str:
    return f"INSERT INTO {table.storage} ({', '.join(identifier(name) for name, _kind in table.columns)})"


def _insert_sql(hashed: _Hashed) -> str:
    return f"{_insert_into(hashed.table)} {rows_source(hashed.table)}"


def _narrowed(table: Table, places: Sequence[str]) -> Table:
    """The table with some of its columns, by the names that the fields of a stored STRUCT have."""
    fields = [table.fields[int(place.removeprefix("_")) - 1] for place in places]
    return replace(table, resource={**table.resource, "schema": {"fields": fields}})


def _reader(hashed: _Hashed, ignore_unknown: bool) -> ReadRow:
    return row_reader(hashed.table.fields, ignore_unknown=ignore_unknown, leaves_defaults=True)
