"""Carrying out a query job: one statement in one transaction, or a script of them in one each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb

from local.bigquery.catalog import Table
from local.bigquery.ddl import define
from local.bigquery.destination import Destination, clear_for_writing, insert_select
from local.bigquery.googlesql.evaluator import Evaluator
from local.bigquery.googlesql.scripts import Run, Steps
from local.bigquery.googlesql.types import GoogleType, rest_field
from local.bigquery.job import Job, Outcome
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.results import Result, Results
from local.bigquery.scans import explained
from local.bigquery.script import Script, anonymous_table
from local.bigquery.script_run import Part, ScriptRun, only_statements, whole_outcome
from local.bigquery.session import Session
from local.bigquery.statistics import Cost, reference
from local.bigquery.translate.failures import failure
from local.bigquery.translate.statement import Statement
from local.bigquery.translate.translator import Translator

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
        """Carry out the statement, or the first step of a script."""
        program = self._program(job)
        if program is None:
            return self._run_alone(session, job)
        script = ScriptRun(
            program,
            run=self._run_part,
            run_together=self._run_together,
            evaluate=self._evaluate,
        )
        return script.begin()(session, job)

    def analyze(self, session: Session, job: Job) -> Outcome:
        """What the job would cost and return; nothing is carried out."""
        program = self._program(job)
        if program is not None and not only_statements(program):
            # BigQuery tells nothing of it either.
            whole = whole_outcome(job, [], None)
            whole.statistics["query"] |= {"totalBytesBilled": "0", "schema": {"fields": []}}
            return Outcome(whole.statistics, result=Result([], 0, []), changes=False)
        parts = [None] if program is None else [one.sql for one in program if isinstance(one, Run)]
        scripts = [Script(self._translator, session, job, part=part) for part in parts]
        statements = [one.statement() for one in scripts]
        for one in statements:
            self._evaluator.install(dict(one.evaluated))
        costs = [self._cost(script, one) for script, one in zip(scripts, statements, strict=True)]
        for cost in costs:
            cost.require_within(scripts[0].query.get("maximumBytesBilled"))
        schema = [rest_field(name, kind) for name, kind in statements[-1].columns]
        statistics = costs[-1].statistics(statements[-1].kind if len(statements) == 1 else "SCRIPT")
        statistics["query"] |= {"schema": {"fields": schema}, "totalBytesBilled": "0"}
        if len(statements) == 1:
            statistics["query"]["totalBytesProcessedAccuracy"] = "PRECISE"
        return Outcome(statistics, result=Result(schema, 0, []), changes=False)

    def _program(self, job: Job) -> Steps | None:
        query = job.configuration["query"]
        sql = str(query.get("query", ""))
        return None if query.get("useLegacySql") is True or not sql.strip() else self._translator.script(sql)

    def _run_alone(self, session: Session, job: Job) -> Outcome:
        script = Script(self._translator, session, job)
        statement = script.statement()
        return _configured(self._run_statement(script, statement), script, statement)

    def _run_part(self, session: Session, job: Job, part: Part) -> Outcome:
        """A statement of a script."""
        script = Script(self._translator, session, job, part=part.sql, variables=part.variables)
        statement = script.statement()
        return _configured(self._run_statement(script, statement), script, statement)

    def _run_together(self, session: Session, job: Job, parts: list[Part]) -> Outcome:
        """Statements of a script that stay done together, or not at all."""
        scripts = [
            Script(self._translator, session, job, part=part.sql, variables=part.variables) for part in parts
        ]
        statements = [script.statement() for script in scripts]
        # Before the first of them begins the transaction.
        for statement in statements:
            self._evaluator.install(dict(statement.evaluated))
        done = [
            _configured(self._run_statement(script, each), script, each)
            for script, each in zip(scripts, statements, strict=True)
        ]
        return whole_outcome(job, done, done[-1] if done else None)

    def _evaluate(self, session: Session, job: Job, part: Part) -> tuple[Outcome, Any, GoogleType]:
        """The value of a query of one value, as DuckDB gives it, and its type."""
        script = Script(self._translator, session, job, part=part.sql, variables=part.variables)
        statement = script.statement()
        self._evaluator.install(dict(statement.evaluated))
        kind = statement.columns[0][1]
        outcome = Outcome(self._cost(script, statement).statistics(statement.kind), changes=False)
        with _failures_told():
            cursor = session.execute(statement.delivered, script.parameters.of(statement.sql))
            row = cursor.fetchone()
        return outcome, row[0] if row else None, kind

    def _run_statement(self, script: Script, statement: Statement) -> Outcome:
        # Before the transaction has begun, as are its locks.
        self._evaluator.install(dict(statement.evaluated))
        if statement.target is not None:
            script.session.lock(statement.target, _LOCKS.get(statement.kind, Lock.DROP))
        written = script.destination(statement)
        if statement.only_reads and written is None and script.query.get("maximumBytesBilled") is None:
            return self._read(script, statement)
        cost = self._cost(script, statement)
        cost.require_within(script.query.get("maximumBytesBilled"))
        statistics = cost.statistics(statement.kind)
        with _failures_told():
            if statement.only_reads:
                if written is not None:
                    return Outcome(statistics, result=_write(script, statement, written))
                return Outcome(statistics, result=self._fetch(script, statement), changes=False)
            if statement.change is not None:
                statistics["query"] |= _change_rows(script, statement)
            else:
                statistics["query"] |= _define(script, statement)
            return Outcome(statistics)

    def _cost(self, script: Script, statement: Statement) -> Cost:
        """What it costs, before it is carried out; its functions are installed."""
        with _failures_told():
            cost = Cost(script.session, statement.reads)
            if statement.only_reads and cost.has_partitions:
                plan = explained(script.session, statement.sql, script.parameters.of(statement.sql))
                cost.narrow(script.session, plan)
            return cost

    def _read(self, script: Script, statement: Statement) -> Outcome:
        """Carry out a query, whose cost is told by how that was done: nobody limits it."""
        with _failures_told():
            cost = Cost(script.session, statement.reads, sql=statement.sql)
            result = self._fetch(script, statement)
            if cost.has_partitions:
                cost.narrow(script.session, script.session.carried_out())
        return Outcome(cost.statistics(statement.kind), result=result, changes=False)

    def _fetch(self, script: Script, statement: Statement) -> Result:
        session, answer = script.session, statement.answer
        run = session.execute if statement.reads else session.execute_alone
        if session.threads.was_little(statement.sql):
            run = session.begin_with
        cursor = run(answer.sql, script.parameters.of(statement.sql))
        name = f"{script.job.key.project}/{script.job.key.job_id}"
        return self._results.fetch(cursor, answer, name=name)


def _configured(outcome: Outcome, script: Script, statement: Statement) -> Outcome:
    """The outcome of a statement with the job's configuration, as BigQuery completes it."""
    query = {"priority": "INTERACTIVE", **script.query}
    if not script.names_destination:
        is_filled = statement.target is not None and statement.kind in _FILLING
        query["destinationTable"] = (
            reference(statement.target) if is_filled and statement.target else anonymous_table(script.job)
        )
    return replace(outcome, configuration={**script.job.configuration, "query": query})


@contextmanager
def _failures_told() -> Iterator[None]:
    """Tell in BigQuery's words what DuckDB refuses; what was broken off, or is tried again, stays as it is."""
    try:
        yield
    except (duckdb.InterruptException, duckdb.TransactionException):
        raise
    except duckdb.Error as error:
        raise failure(error) from error


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
