"""Carrying out a query job: one statement or a script of them, in one transaction."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from local.bigquery.catalog import Table
from local.bigquery.column_limits import stored_rows
from local.bigquery.ddl import define
from local.bigquery.destination import Destination, clear_for_writing, insert_select
from local.bigquery.googlesql.evaluator import Evaluator
from local.bigquery.googlesql.types import rest_field
from local.bigquery.job import Job, Outcome
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.results import Result, Results
from local.bigquery.script import Script, anonymous_table
from local.bigquery.session import Session
from local.bigquery.statistics import Cost, reference
from local.bigquery.translate.failures import failure
from local.bigquery.translate.statement import Statement
from local.bigquery.translate.translator import Translator
from local.bigquery.wire import delivered_sql

_LOCKS = {
    "INSERT": Lock.APPEND,
    "UPDATE": Lock.CHANGE,
    "DELETE": Lock.CHANGE,
    "MERGE": Lock.CHANGE,
    "TRUNCATE_TABLE": Lock.CHANGE,
    "ALTER_TABLE": Lock.ALTER,
}
# BigQuery names the table that they fill or change as the destination of their job.
_FILLING = {"CREATE_TABLE_AS_SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"}


class Queries:
    """Runs query jobs."""

    def __init__(self, translator: Translator, evaluator: Evaluator, *, results: Results) -> None:
        self._translator = translator
        self._evaluator = evaluator
        self._results = results

    def run(self, session: Session, job: Job) -> Outcome:
        """Run the statements, and write the rows of a query to the destination table where one is named."""
        script = Script(self._translator, session, job)
        filled: dict[str, str] | None = None
        for statement in script.foreseen():
            # Both before the transaction has begun.
            self._evaluator.install(dict(statement.evaluated))
            if statement.target is not None:
                if statement.kind in _FILLING:
                    filled = reference(statement.target)
                session.lock(statement.target, _LOCKS.get(statement.kind, Lock.DROP))
        outcomes = [self._run_statement(script, place) for place in range(script.size)]
        last = outcomes[-1]
        statistics = last.statistics if script.size == 1 else _script_statistics(outcomes)
        query = {"priority": "INTERACTIVE", **script.query}
        if not script.names_destination:
            query["destinationTable"] = filled if filled and script.size == 1 else anonymous_table(job)
        return Outcome(
            statistics,
            result=last.result,
            configuration={**job.configuration, "query": query},
            changes=any(one.changes for one in outcomes),
        )

    def analyze(self, session: Session, job: Job) -> Outcome:
        """What the job would cost and return; nothing is carried out."""
        script = Script(self._translator, session, job)
        statements = [script.statement(place) for place in range(script.size)]
        costs = [Cost(session, one.reads) for one in statements]
        for cost in costs:
            cost.require_within(script.query.get("maximumBytesBilled"))
        schema = [rest_field(name, kind) for name, kind in statements[-1].columns]
        statistics = costs[-1].statistics(statements[-1].kind if len(statements) == 1 else "SCRIPT")
        statistics["query"] |= {"schema": {"fields": schema}, "totalBytesBilled": "0"}
        return Outcome(statistics, result=Result(schema, 0, []), changes=False)

    def _run_statement(self, script: Script, place: int) -> Outcome:
        statement = script.statement(place)
        self._evaluator.install(dict(statement.evaluated))
        # Its locks are asked for before anything is read.
        written = script.destination(statement)
        cost = Cost(script.session, statement.reads)
        cost.require_within(script.query.get("maximumBytesBilled"))
        statistics = cost.statistics(statement.kind)
        try:
            if statement.only_reads:
                if written is not None:
                    return Outcome(statistics, result=_write(script, statement, written))
                return Outcome(statistics, result=self._fetch(script, statement), changes=False)
            if statement.change is not None:
                statistics["query"] |= _change_rows(script, statement)
            else:
                statistics["query"] |= _define(script, statement)
            return Outcome(statistics)
        except (duckdb.InterruptException, duckdb.TransactionException):
            raise
        except duckdb.Error as error:
            raise failure(error) from error

    def _fetch(self, script: Script, statement: Statement) -> Result:
        fields = [rest_field(name, kind) for name, kind in statement.columns]
        rows = stored_rows(fields, statement.sql)
        sql = delivered_sql(rows, [kind for _name, kind in statement.columns])
        run = script.session.execute if statement.reads else script.session.execute_alone
        cursor = run(sql, script.parameters.of(statement.sql))
        name = f"{script.job.key.project}/{script.job.key.job_id}"
        return self._results.fetch(cursor, statement.columns, name=name)


def _write(script: Script, statement: Statement, written: tuple[Destination, Table]) -> Result:
    destination, table = written
    clear_for_writing(script.session, destination, table)
    total = insert_select(
        script.session,
        destination,
        table,
        columns=[name for name, _kind in statement.columns],
        source=statement.sql,
        parameters=script.parameters.of(statement.sql),
    )
    return Result(table.fields, total)


def _change_rows(script: Script, statement: Statement) -> dict[str, Any]:
    """Carry out DML; the counts of rows in BigQuery's words."""
    session, change = script.session, statement.change
    assert change is not None  # noqa: S101 - for the type checker
    for sql in change.before:
        session.execute(sql, script.parameters.of(sql))
    if change.check and session.execute(change.check, script.parameters.of(change.check)).fetchone():
        raise ApiError("invalidQuery", change.refusal, location="query")
    counts: Counter[str] = Counter()
    for step in change.steps:
        cursor = session.execute(step.sql, script.parameters.of(step.sql))
        if step.action:
            counts[step.action] += int((cursor.fetchone() or (0,))[0])
            continue
        while rows := cursor.fetchmany(10_000):
            counts.update(row[0] for row in rows)
    for sql in change.after:
        session.execute(sql)
    dml = {
        "insertedRowCount": str(counts["INSERT"]),
        "updatedRowCount": str(counts["UPDATE"]),
        "deletedRowCount": str(counts["DELETE"]),
    }
    return {"numDmlAffectedRows": str(counts.total()), "dmlStats": dml}


def _define(script: Script, statement: Statement) -> dict[str, Any]:
    """Carry out DDL; what it did in BigQuery's words."""
    bind = script.parameters.of(statement.sql) or {}
    done = define(script.session, statement, bind=bind, default_dataset=script.default_dataset)
    shown: dict[str, Any] = {"ddlOperationPerformed": done}
    if statement.target is not None:
        shown["ddlTargetTable"] = reference(statement.target)
    return shown


def _script_statistics(outcomes: list[Outcome]) -> dict[str, Any]:
    """Of a script as one job: the sums."""
    queries = [one.statistics["query"] for one in outcomes]
    sums = {
        name: str(sum(int(query[name]) for query in queries))
        for name in ("totalBytesProcessed", "totalBytesBilled")
    }
    tables = {tuple(one.items()): one for query in queries for one in query["referencedTables"]}
    query = {"statementType": "SCRIPT", "cacheHit": False, **sums, "referencedTables": list(tables.values())}
    return {"totalBytesProcessed": sums["totalBytesProcessed"], "query": query}
