"""What every peer does in a run: three statements on a DuckDB file of the run's own.

One file a run, because DuckDB lets one process write a file at a time and some peers give each step a process. It
spares the peers all waiting for each other.
"""

from pathlib import Path

import duckdb


def ingest(folder: str, run: str, file: str) -> int:
    """The rows of an NDJSON file into a typed table; how many."""
    with duckdb.connect(_warehouse(folder, run)) as connection:
        connection.execute(
            "CREATE TABLE charges (run_id VARCHAR NOT NULL, charge_id BIGINT, usage_date DATE, service VARCHAR, "
            "project VARCHAR, cost DECIMAL(38, 9), currency VARCHAR)"
        )
        columns = "charge_id, usage_date, service, project, cost, currency"
        connection.execute(
            f"INSERT INTO charges SELECT ?, {columns} FROM read_json(?, format = 'newline_delimited')",  # noqa: S608
            [run, file],
        )
        return _number(connection, "SELECT COUNT(*) FROM charges WHERE run_id = ?", run)


def check(folder: str, run: str) -> int:
    """How many rows were checked. Raises ValueError if one has no charge_id."""
    with duckdb.connect(_warehouse(folder, run)) as connection:
        wrong = _number(
            connection, "SELECT COUNT(*) FROM charges WHERE run_id = ? AND charge_id IS NULL", run
        )
        if wrong:
            raise ValueError(f"{wrong} rows have no charge_id")
        return _number(connection, "SELECT COUNT(*) FROM charges WHERE run_id = ?", run)


def aggregate(folder: str, run: str) -> int:
    """The costs by day and service into another table; how many rows."""
    with duckdb.connect(_warehouse(folder, run)) as connection:
        connection.execute(
            "CREATE TABLE daily_costs (run_id VARCHAR, usage_date DATE, service VARCHAR, cost DECIMAL(38, 9), "
            "charge_count BIGINT)"
        )
        connection.execute(
            "INSERT INTO daily_costs SELECT run_id, usage_date, service, SUM(cost), COUNT(*) "
            "FROM charges WHERE run_id = ? GROUP BY ALL",
            [run],
        )
        return _number(connection, "SELECT COUNT(*) FROM daily_costs WHERE run_id = ?", run)


def count_done(folder: Path) -> int:
    """In how many runs the last step has left its rows."""
    found = 0
    for path in folder.glob("run_*.duckdb"):
        with duckdb.connect(str(path), read_only=True) as connection:
            [rows] = connection.execute("SELECT COUNT(*) FROM daily_costs").fetchone() or (0,)
            found += rows > 0
    return found


def _warehouse(folder: str, run: str) -> str:
    return str(Path(folder) / f"run_{run}.duckdb")


def _number(connection: "duckdb.DuckDBPyConnection", sql: str, run: str) -> int:
    [number] = connection.execute(sql, [run]).fetchone() or (0,)
    return int(number)
