"""The catalog as rows of the database that holds the tables: both change in one transaction."""

from __future__ import annotations

import json

import duckdb

from local.bigquery.catalog import Catalog, Dataset, Table, TableId

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS data;
CREATE SCHEMA IF NOT EXISTS stand_in;
CREATE TABLE IF NOT EXISTS stand_in.datasets (project VARCHAR, dataset VARCHAR, entry VARCHAR);
CREATE TABLE IF NOT EXISTS stand_in.tables (project VARCHAR, dataset VARCHAR, name VARCHAR, entry VARCHAR);
"""
_FORGET_TABLE = "DELETE FROM stand_in.tables WHERE project = ? AND dataset = ? AND name = ?"
_FORGET_TABLES = "DELETE FROM stand_in.tables WHERE project = ? AND dataset = ?"
_FORGET_DATASET = "DELETE FROM stand_in.datasets WHERE project = ? AND dataset = ?"


def load_catalog(connection: duckdb.DuckDBPyConnection) -> Catalog:
    """The catalog as it was committed last."""
    datasets = connection.execute("SELECT project, dataset, entry FROM stand_in.datasets").fetchall()
    tables = connection.execute("SELECT project, dataset, name, entry FROM stand_in.tables").fetchall()
    return Catalog(
        {(project, name): Dataset(project, name, json.loads(entry)) for project, name, entry in datasets},
        {TableId(*row[:3]): Table(TableId(*row[:3]), **json.loads(row[3])) for row in tables},
    )


def store_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Keep the table in the place of what had its name."""
    kept = {
        "resource": table.resource,
        "storage": table.storage,
        "version": table.version,
        "view": table.view,
    }
    connection.execute(_FORGET_TABLE, list(table.id))
    connection.execute("INSERT INTO stand_in.tables VALUES (?, ?, ?, ?)", [*table.id, json.dumps(kept)])


def forget_table(connection: duckdb.DuckDBPyConnection, id: TableId) -> None:
    """Keep no table of that name."""
    connection.execute(_FORGET_TABLE, list(id))


def store_dataset(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Keep the dataset in the place of what had its name."""
    where = [dataset.project, dataset.dataset]
    connection.execute(_FORGET_DATASET, where)
    connection.execute(
        "INSERT INTO stand_in.datasets VALUES (?, ?, ?)", [*where, json.dumps(dataset.resource)]
    )


def forget_dataset(connection: duckdb.DuckDBPyConnection, project: str, dataset: str) -> None:
    """Keep neither the dataset nor its tables."""
    connection.execute(_FORGET_TABLES, [project, dataset])
    connection.execute(_FORGET_DATASET, [project, dataset])
