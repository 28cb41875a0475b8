"""What a run would do, as a page of text."""

import re
from collections.abc import Iterator
from textwrap import indent

from cli.screen import count_words, duration_words, plural
from shared.domain.estimate import QUERY_TIB_USD
from shared.domain.run_preview import LimitPreview, QueryPreview, RunPreview, StepPreview, TablePreview
from shared.domain.sql_parameter import SqlParameter

_MARGIN = "     "
_DEPTH = "       "


def preview_lines(preview: RunPreview) -> Iterator[str]:
    """The page, line by line."""
    yield f"{preview.pipeline_id}, in {preview.location}, at most {duration_words(preview.timeout_seconds * 1000)}"
    yield from (f"  {value.name} = {value.text}" for value in preview.parameters)
    for step in preview.steps:
        yield ""
        yield from _step_lines(step)
    yield ""
    yield from _total_lines(preview)
    yield ""
    yield "Limits"
    yield from (f"  {_limit_words(limit)}" for limit in preview.limits)
    yield ""
    yield from _change_lines(preview)
    if preview.problems:
        yield ""
        yield "The run would be refused or would fail:"
        yield from (f"  {problem}" for problem in preview.problems)


def _step_lines(step: StepPreview) -> Iterator[str]:
    after = f", after {', '.join(step.needs)}" if step.needs else ""
    yield f"{step.number:>3}  {step.id}: {step.type}{after}"
    if step.source is not None:
        yield f"{_MARGIN}from    {step.source.name} ({step.source.type}): {step.source.place}"
    if step.rules:
        yield f"{_MARGIN}rules   {', '.join(step.rules)}"
        yield f"{_MARGIN}scope   {step.scope}{_window_words(step)}"
    for table in step.tables:
        verb, how = ("writes", _mode_words(step)) if table.purpose == "written" else ("reads", "")
        yield f"{_MARGIN}{verb:<8}{table.name}{how}: {_table_words(table)}"
    if step.query is None:
        yield f"{_MARGIN}loads   its rows by load jobs, which cost nothing"
    else:
        yield from _query_lines(step.query)


def _mode_words(step: StepPreview) -> str:
    keys = f" by {', '.join(step.keys)}" if step.keys else ""
    return f", {step.mode}{keys}{_window_words(step)}"


def _window_words(step: StepPreview) -> str:
    return f", the days of '{step.window.parameter}' by {step.window.column}" if step.window else ""


def _table_words(table: TablePreview) -> str:
    if not table.is_known:
        return "may not be looked at by whoever asks"
    if table.found is None:
        return "is missing and would be made" if table.purpose == "written" else "is missing"
    found = table.found
    size = "" if found.byte_count is None else f", {count_words(found.byte_count)} bytes"
    said = f"{count_words(found.row_count)} rows{size}" if found.row_count is not None else "is there"
    lacking = f", would get {', '.join(found.lacking)}" if found.lacking else ""
    return f"{said}{lacking}" if found.problem is None else f"{said}; {found.problem}"


def _query_lines(query: QueryPreview) -> Iterator[str]:
    yield f"{_MARGIN}query   {_price_words(query)}"
    yield from indent(query.sql.strip("\n"), _DEPTH).splitlines()
    named = set(re.findall(r"@(\w+)", query.sql))
    used = [each for each in query.parameters if each.name in named]
    yield from (f"{_DEPTH}@{each.name} = {_value_words(each)}" for each in used)


def _price_words(query: QueryPreview) -> str:
    if query.problem is not None:
        return f"BigQuery would refuse it: {query.problem}"
    if query.bytes_billed is None:
        return f"what it reads is not known: {query.unknown_because}"
    return (
        f"reads {count_words(query.bytes_processed)} bytes of the tables as they are now, "
        f"bills about {count_words(query.bytes_billed)}: {query.price_usd} USD"
    )


def _value_words(parameter: SqlParameter) -> str:
    value = parameter.value
    text = f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)
    return f"{parameter.type} {text}"


def _total_lines(preview: RunPreview) -> Iterator[str]:
    unknown = f", and {plural(preview.unknown_count, 'query')} more" if preview.unknown_count == 1 else ""
    if preview.unknown_count > 1:
        unknown = f", and {preview.unknown_count} queries more"
    told = f"{unknown} of which it is not known" if unknown else ""
    price = f"{preview.price_usd} USD at {QUERY_TIB_USD} USD for a TiB"
    yield f"Bills about {count_words(preview.bytes_billed)} bytes: {price}{told}"


def _limit_words(limit: LimitPreview) -> str:
    used = f"{count_words(limit.used)} used, " if limit.used is not None else ""
    asked = f"{count_words(limit.asked)} asked, " if limit.asked is not None else ""
    told = limit.problem or (f"it would wait: {limit.wait}" if limit.wait else None)
    return f"{limit.limit}: {used}{asked}{count_words(limit.allowed)} allowed{f'; {told}' if told else ''}"


def _change_lines(preview: RunPreview) -> Iterator[str]:
    if preview.compared_with is None:
        yield "No run before it in the last 30 days"
    elif not preview.changes:
        yield f"The same as run {preview.compared_with}"
    else:
        yield f"What differs from run {preview.compared_with}"
        for change in preview.changes:
            yield from (f"  {line}" for line in change.lines)
