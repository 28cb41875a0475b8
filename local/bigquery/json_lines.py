"""Files of newline-delimited JSON: rows as DuckDB reads them, and as Python does where that is not certain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.column_limits import fits
from local.bigquery.doubts import Doubt
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.scalars import parse_json
from local.bigquery.source_files import LONGEST_LINE, PlainFile
from local.bigquery.text_columns import literal, value_sql
from local.bigquery.translate.literals import identifier
from local.bigquery.values import ValueRefusedError, row_reader

_SAMPLE_BYTES = 65_536
_MOST_KEY_LISTS = 4
_SMALL_BYTES = 32_768
# DuckDB reads numbers into doubles. Those that might suffer are made strings that begin with this character first.
_MARK = r"\u0001"
_BEFORE_NUMBER = r'"\s*:\s*|[\[,]\s*'
_FRACTION = r"-?[0-9]+(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)"
_LONG = r"-?[0-9.]{17,}(?:[eE][+-]?[0-9]+)?"


class JsonLines:
    """How the rows of one file are read into a table."""

    def __init__(self, table: Table, file: PlainFile, load: dict[str, Any]) -> None:
        self.columns = [name for name, _kind in table.columns]
        self.file = file
        self._table = table
        # Python has read so few bytes before DuckDB has planned to.
        self.is_for_python = file.path.stat().st_size <= _SMALL_BYTES
        self._ignores_unknown = bool(load.get("ignoreUnknownValues"))
        self._spelled, self._key_lists = _sampled_keys(file.path, self.columns)
        self.read_row = row_reader(table.fields, ignore_unknown=self._ignores_unknown, json_in_strings=False)

    def good_sql(self, doubt: Doubt) -> str:
        """A query of the rows that are good for certain, in the table's columns; the others are put aside."""
        values = ", ".join(f"v{place}" for place in range(len(self.columns)))
        return f"SELECT {values} FROM ({self._judged}) WHERE {doubt.keeps('json')}"

    def read(self, raw: Any) -> dict[str, Any]:
        """The row as `inserts` takes it. Raises ValueRefusedError."""
        try:
            row = parse_json(raw)
        except (ValueError, RecursionError, TypeError) as error:
            raise ValueRefusedError("", "Parser terminated before end of string: this is no JSON.") from error
        if not isinstance(row, dict):
            raise ValueRefusedError("", "A row must be a JSON object.")
        return self.read_row(row)

    def raw_rows(self) -> Iterator[tuple[str, Any]]:
        """The rows as they are in the file, and where each one is, read by Python."""
        position = 0
        with self.file.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"JSON parsing error in row starting at position {position} (line {number})", line
                position += len(line)

    @property
    def _judged(self) -> str:
        """A query of the rows as text, their values and whether all of these are certain."""
        columns = self._table.columns
        values = [_value(kind, f"t{place}") for place, (_name, kind) in enumerate(columns)]
        named = ", ".join(f"{value} AS v{place}" for place, value in enumerate(values))
        # A condition on random() is not moved into what lies beneath, where DuckDB would parse the JSON once a column.
        conditions = [
            "random() >= 0",
            *self._row_conditions(),
            *map(self._column_condition, range(len(columns))),
        ]
        return f"SELECT *, {' AND '.join(conditions)} AS good FROM (SELECT *, {named} FROM ({self._texts}))"

    def _row_conditions(self) -> Iterator[str]:
        yield "json IS NOT NULL AND starts_with(json, '{') AND guarded IS NOT NULL"
        # What would read as the mark, a name that hides a number, and a comma too many.
        odd = (_MARK, r'\\"', ",}", ",]")
        yield " AND ".join(f"NOT contains(json, {literal(text)})" for text in odd)
        spelled = _list(self._spelled)
        if self._ignores_unknown:
            lower = _list([name.lower() for name in self.columns])
            known = f"list_contains({spelled}, key) OR NOT list_contains({lower}, lower(key))"
            yield f"len(list_filter(keys, lambda key: NOT ({known}))) = 0"
            return
        same = "".join(f" WHEN keys = {_list(keys)} THEN TRUE" for keys in self._key_lists)
        all_known = f"len(list_intersect(keys, {spelled})) = len(keys)"
        yield f"CASE{same} ELSE {all_known} END" if same else all_known

    def _column_condition(self, place: int) -> str:
        kind = self._table.columns[place][1]
        field = self._table.fields[place]
        text, value = f"t{place}", f"v{place}"
        limit = fits(field, value)
        within = f" AND {limit}" if limit else ""
        if field.get("mode") == "REQUIRED":
            return f"{value} IS NOT NULL{within}"
        if kind.kind == "STRING":
            is_text = f"json_type(json, {_path(self._spelled[place])}) = 'VARCHAR'"
            return (
                f"CASE WHEN starts_with({text}, '{{') OR starts_with({text}, '[') THEN {is_text} ELSE TRUE END"
                + (f" AND ({value} IS NULL OR {limit})" if limit else "")
            )
        return f"({text} IS NULL OR {value} IS NOT NULL{within})"

    @property
    def _texts(self) -> str:
        """A query of every column's text: t0, t1 and so on."""
        documents = [place for place, (_, kind) in enumerate(self._table.columns) if _is_document(kind)]
        scalars = [place for place in range(len(self.columns)) if place not in documents]
        of_scalars, of_documents = (
            [_path(self._spelled[place]) for place in places] for places in (scalars, documents)
        )
        lists = []
        if scalars:
            lists.append(f"json_extract_string(guarded, [{', '.join(of_scalars)}]) AS scalars")
        if documents:
            lists.append(
                f"CAST(json_extract(guarded, [{', '.join(of_documents)}]) AS VARCHAR[]) AS documents"
            )
        texts = [
            f"{self._unmarked(f'scalars[{at}]', place)} AS t{place}" for at, place in enumerate(scalars, 1)
        ]
        texts += [f"nullif(documents[{at}], 'null') AS t{place}" for at, place in enumerate(documents, 1)]
        lines = f"SELECT CAST(json AS VARCHAR) AS json FROM {self._relation}"
        guarded = f"SELECT json, {self._guarded} AS guarded FROM ({lines})"
        parsed = f"SELECT json, guarded, json_keys(json) AS keys, {', '.join(lists)} FROM ({guarded})"
        return f"SELECT json, guarded, keys, {', '.join(texts)} FROM ({parsed})"

    def _unmarked(self, text: str, place: int) -> str:
        kinds = [kind.kind for _name, kind in self._table.columns]
        may_be_marked = "JSON" in kinds or kinds[place] == "NUMERIC"
        return (
            f"CASE WHEN starts_with({text}, chr(1)) THEN {text}[2:] ELSE {text} END"
            if may_be_marked
            else text
        )

    @property
    def _guarded(self) -> str:
        """The row with numbers marked that must not become doubles; NULL if marking spoils it."""
        kinds = [kind.kind for _name, kind in self._table.columns]
        if "JSON" in kinds:
            before, number = _BEFORE_NUMBER, _FRACTION
        elif "NUMERIC" in kinds:
            names = "|".join(self._spelled[place] for place, kind in enumerate(kinds) if kind == "NUMERIC")
            before, number = rf'"(?:{names})"\s*:\s*', _LONG
        else:
            return "json"
        marked = rf"""regexp_replace(json, '({before})({number})', '\1"\\u0001\2"', 'g')"""
        return (
            f"CASE WHEN regexp_matches(json, '(?:{before}){number}')"
            f" THEN CASE WHEN json_valid({marked}) THEN {marked} END ELSE json END"
        )

    @property
    def _relation(self) -> str:
        longest = max(1 << 16, min(LONGEST_LINE, self.file.path.stat().st_size + 1))
        return (
            f"read_json_objects({literal(str(self.file.path))}, format = 'newline_delimited',"
            f" compression = 'uncompressed', ignore_errors = TRUE, maximum_object_size = {longest})"
        )


def _value(kind: GoogleType, text: str) -> str:
    """The value of a column. What is nested is left to Python, unless it is not there."""
    if kind.is_array:
        return f"CASE WHEN {text} IS NULL THEN CAST([] AS {kind.duckdb}) END"
    if kind.is_struct:
        return f"CAST(NULL AS {kind.duckdb})"
    if kind.kind == "JSON":
        restored = rf"""regexp_replace({text}, '"\\u0001([^"]*)"', '\1', 'g')"""
        no_number = rf"regexp_matches({text}, '(?i)(^|[:\[,])-?(nan|inf)')"
        return (
            # What is spelled by code units is read by Python, so that the same text is always spelled alike.
            rf"CASE WHEN NOT {no_number} AND NOT contains(replace({text}, '{_MARK}', ''), '\u') THEN CAST(google_json("
            f"CASE WHEN contains({text}, '{_MARK}') THEN {restored} ELSE {text} END) || '' AS JSON) END"
        )
    return value_sql(kind, text)


def _is_document(kind: GoogleType) -> bool:
    return kind.is_array or kind.is_struct or kind.kind == "JSON"


def _sampled_keys(path: Path, columns: list[str]) -> tuple[list[str], list[list[str]]]:
    """How the first rows of the file spell the columns, and which lists of names they have."""
    with path.open("rb") as file:
        lines = file.read(_SAMPLE_BYTES).split(b"\n")
    spelled: dict[str, str] = {}
    lists: dict[tuple[str, ...], None] = {}
    lower = {name.lower() for name in columns}
    seen: set[tuple[str, ...]] = set()
    for line in lines[:200]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        keys = tuple(row) if isinstance(row, dict) else ()
        if keys in seen:
            continue
        seen.add(keys)
        for key in keys:
            spelled.setdefault(key.lower(), key)
        if {key.lower() for key in keys} <= lower:
            lists[keys] = None
    names = [spelled.get(name.lower(), name) for name in columns]
    usual = [list(keys) for keys in lists if keys and set(keys) <= set(names)]
    return names, usual[:_MOST_KEY_LISTS]


def _path(name: str) -> str:
    return literal(f"$.{identifier(name)}")


def _list(names: list[str]) -> str:
    return f"[{', '.join(map(literal, names))}]"
