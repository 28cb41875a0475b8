"""What can be asked beyond the configuration's own files, by whoever has it at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.domain.ids import TenantId
from shared.domain.sql_parameter import SqlType
from shared.domain.table import ColumnType, Table

TablePath = tuple[str, ...]
"""A table as SQL names it: one name for each part between dots, or all in one where backquotes hold them together."""


@dataclass(frozen=True)
class Refusal:
    """Why GoogleSQL has no such statement, in Google's words, at a line and column of its text, both from 1."""

    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Analysis:
    """What a SELECT delivers: its columns in order, each with its name and its type as GoogleSQL writes it."""

    columns: tuple[tuple[str, str], ...]


class SqlAnalyzer(Protocol):
    """Knows what GoogleSQL means."""

    def analyze(
        self, sql: str, *, tables: Mapping[TablePath, Table], parameters: Mapping[str, SqlType]
    ) -> Analysis | Refusal | None:
        """What one SELECT delivers, or why it is none; None where BigQuery may know more than the analyzer."""

    def takes(self, column_type: ColumnType, sql_type: str) -> bool:
        """Whether a column takes values of a type without a cast."""


class RowSamples(Protocol):
    """Has a look at files that a source would read."""

    def fields(
        self, tenant_id: TenantId, path: str, *, delimiter: str, encoding: str
    ) -> frozenset[str] | None:
        """The fields of the tenant's CSV files at the path or pattern; None where there are none that can be read."""


class SecretNames(Protocol):
    """Knows which secrets there are, and no value."""

    def lacks(self, tenant_id: TenantId, name: str) -> str | None:
        """Where the tenant's secret would have to be and is not; None where it is there, or nobody knows."""


@dataclass(frozen=True)
class Beyond:
    """Each is None where nobody can be asked: then nothing is said about it."""

    analyzer: SqlAnalyzer | None = None
    samples: RowSamples | None = None
    secrets: SecretNames | None = None


NOTHING_BEYOND = Beyond()
