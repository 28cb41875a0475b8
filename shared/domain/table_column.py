"""A column of a table of ours, or a path into its JSON, as SQL."""

import re
from dataclasses import dataclass
from functools import cached_property

from shared.domain.column_path import path_names
from shared.domain.read_as import ReadAs
from shared.domain.sql_parameter import SqlType
from shared.domain.sql_quoting import literal, quoted
from shared.domain.table import Column, Table

SQL_TYPE_BY_READ_AS: dict[ReadAs, SqlType] = {
    "string": "STRING",
    "integer": "INT64",
    "number": "NUMERIC",
    "boolean": "BOOL",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
_LONGEST_NAMES = 300
_BARE_IN_JSON_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTABLE_IN_JSON_PATH = re.compile(r'[^"\\]*')
"""Double quotes take any other character ("JSONPath format" in BigQuery's JSON functions)."""


@dataclass(frozen=True)
class TableColumn:
    """A column of the row `alias` of a table of ours, or a path into its JSON, with the SQL of all one asks of it."""

    path: str
    alias: str
    table: Table

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The column's name, and those inside it."""
        return path_names(self.path)

    @property
    def column(self) -> Column | None:
        """The table's column that it is, or is a path into."""
        return self.table.column(self.names[0])

    @property
    def is_in_json(self) -> bool:
        """Whether it is a path into a JSON column: then no row need have it."""
        return len(self.names) > 1 and self.column is not None and self.column.type == "JSON"

    @property
    def root(self) -> str:
        """The column itself, also of a path into it."""
        return f"{self.alias}.{quoted(self.names[0])}"

    @property
    def value(self) -> str:
        """Its value: inside JSON a text, NULL for objects and arrays."""
        if not self.is_in_json:
            return f"{self.alias}.{quoted(*self.names)}"
        return f"JSON_VALUE({self._json_arguments})"

    @property
    def field(self) -> str:
        """Inside JSON, whatever is there, be it JSON's null; NULL only where there is nothing."""
        return f"JSON_QUERY({self._json_arguments})"

    @property
    def fields_beside(self) -> str:
        """Inside JSON, the names of the fields that are there as far down as the path goes, or of as many as fit."""
        keys = f"JSON_KEYS({self.root}, {len(self.names) - 1})"
        names = f"SUBSTR(ARRAY_TO_STRING({keys}, ', '), 1, {_LONGEST_NAMES})"
        return f"IFNULL(NULLIF({names}, ''), 'no fields')"

    @property
    def is_given(self) -> str:
        """Whether there is a value, be it one that can't be read: an object, an array, any text."""
        if not self.is_in_json:
            return f"{self.value} IS NOT NULL"
        return f"IFNULL(JSON_TYPE({self.field}) != 'null', FALSE)"

    def read_as(self, read_as: ReadAs | None) -> str:
        """Its value as a type; NULL where it can't be read so."""
        if read_as is None:
            return self.value
        column_type = self.column.type if self.column is not None else None
        if column_type == "BIGNUMERIC" and read_as in ("integer", "number"):
            # NUMERIC would round it, or have no room for it.
            return self.value if read_as == "number" else f"SAFE_CAST(CAST({self.value} AS STRING) AS INT64)"
        if read_as == "integer" and column_type in ("NUMERIC", "FLOAT"):
            # A cast would round: 1.5 is no integer, here as in a text.
            return f"SAFE_CAST(CAST(SAFE_CAST({self.value} AS NUMERIC) AS STRING) AS INT64)"
        return read_as_sql(self.value, read_as)

    def compared_as(self, read_as: ReadAs | None) -> str:
        """Its value as a type, or as text where none is said."""
        return self.read_as(read_as) if read_as else f"CAST({self.value} AS STRING)"

    @property
    def _json_arguments(self) -> str:
        column, inside = self.root, self.names[1:]
        if all(map(_QUOTABLE_IN_JSON_PATH.fullmatch, inside)):
            return f"{column}, {literal('.'.join(('$', *map(_in_json_path, inside))))}"
        # The subscript operator takes any text as a name.
        return f"{column}{''.join(f'[{literal(name)}]' for name in inside)}, '$'"


def read_as_sql(value: str, read_as: ReadAs) -> str:
    """The value as a type; NULL where it can't be read so."""
    return f"SAFE_CAST({value} AS {SQL_TYPE_BY_READ_AS[read_as]})"


def _in_json_path(name: str) -> str:
    return name if _BARE_IN_JSON_PATH.fullmatch(name) else f'"{name}"'
