"""DuckDB's own reader, into a typed table: the least that a file can cost, because nothing is between the two."""

import duckdb

from benchmarks.peers.files import Load, time_load

_READ = {
    "ndjson": "read_json(?, format = 'newline_delimited')",
    "csv": "read_csv(?, header = true)",
    "parquet": "read_parquet(?)",
}
_TABLE = """
CREATE TABLE charges (
  charge_id BIGINT, usage_date DATE, service VARCHAR, project VARCHAR, cost DECIMAL(38, 9), currency VARCHAR,
  resource VARCHAR, started_at TIMESTAMPTZ
)
"""


def load(asked: Load) -> int:
    """One INSERT … SELECT."""
    with duckdb.connect(str(asked.folder / "warehouse.duckdb")) as connection:
        connection.execute(_TABLE)
        read = _READ[asked.written_as]
        connection.execute(f"INSERT INTO charges SELECT * FROM {read}", [str(asked.file)])  # noqa: S608
        [count] = connection.execute("SELECT COUNT(*) FROM charges").fetchone() or (0,)
    return int(count)


if __name__ == "__main__":
    time_load(load)
