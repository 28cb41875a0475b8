"""What statements define: schemas, tables and views to create, alter and drop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from local.bigquery.catalog import TableId

Mode = Literal["CREATE", "REPLACE", "IF_NOT_EXISTS"]
# DuckDB SQL of each option's value.
Options = Mapping[str, str]


@dataclass(frozen=True)
class CreateTable:
    """CREATE TABLE; with `is_filled` the statement's query yields its rows. `resource` holds schema and layout.

    `copied` is the table whose columns it has (LIKE), and with `is_filled` whose rows too (COPY, CLONE).
    """

    id: TableId
    mode: Mode
    resource: dict[str, Any]
    options: Options
    is_filled: bool = False
    copied: TableId | None = None


@dataclass(frozen=True)
class CreateView:
    """CREATE VIEW, materialized ones included: here, their rows are those of this moment."""

    id: TableId
    mode: Mode
    query: str
    fields: list[dict[str, Any]]
    options: Options
    is_materialized: bool = False


@dataclass(frozen=True)
class DropTable:
    """DROP TABLE, VIEW, MATERIALIZED VIEW."""

    id: TableId
    if_exists: bool
    object: str


@dataclass(frozen=True)
class AlterTable:
    """ALTER TABLE and ALTER VIEW: one action after the other."""

    id: TableId
    if_exists: bool
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class CreateSchema:
    """CREATE SCHEMA."""

    project: str
    dataset: str
    mode: Mode
    options: Options


@dataclass(frozen=True)
class DropSchema:
    """DROP SCHEMA."""

    project: str
    dataset: str
    if_exists: bool
    cascade: bool


@dataclass(frozen=True)
class AlterSchema:
    """ALTER SCHEMA SET OPTIONS."""

    project: str
    dataset: str
    if_exists: bool
    options: Options


@dataclass(frozen=True)
class AddColumn:
    """ADD COLUMN."""

    field: dict[str, Any]
    if_not_exists: bool


@dataclass(frozen=True)
class DropColumn:
    """DROP COLUMN."""

    name: str
    if_exists: bool


@dataclass(frozen=True)
class RenameColumn:
    """RENAME COLUMN."""

    name: str
    new: str
    if_exists: bool


@dataclass(frozen=True)
class RenameTable:
    """RENAME TO."""

    table: str


@dataclass(frozen=True)
class DropNotNull:
    """ALTER COLUMN … DROP NOT NULL."""

    name: str


@dataclass(frozen=True)
class SetDefault:
    """ALTER COLUMN … SET DEFAULT and DROP DEFAULT, which has no expression."""

    name: str
    expression: str
    if_exists: bool


@dataclass(frozen=True)
class SetDataType:
    """ALTER COLUMN … SET DATA TYPE, to a wider type."""

    field: dict[str, Any]


@dataclass(frozen=True)
class SetOptions:
    """SET OPTIONS of a table, or with `column` of one of its columns."""

    options: Options
    column: str = ""


Action = (
    AddColumn | DropColumn | RenameColumn | RenameTable | DropNotNull | SetDefault | SetDataType | SetOptions
)
Definition = CreateTable | CreateView | DropTable | AlterTable | CreateSchema | DropSchema | AlterSchema
