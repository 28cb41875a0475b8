"""Files of made-up charges, the same rows of some 150 bytes in every format.

DuckDB writes them, because it is quick.
"""

from pathlib import Path

import duckdb

FORMATS = {"ndjson": "NDJSON", "csv": "CSV", "parquet": "Parquet"}
"""What each format is called, by the word that configurations have for it."""
_WRITTEN_AS = {
    "ndjson": "FORMAT json",
    "csv": "FORMAT csv, HEADER",
    "parquet": "FORMAT parquet",
}
_ROWS = """
SELECT
  i + 1 AS charge_id,
  CAST(DATE '2026-01-01' + CAST(i % 28 AS INTEGER) AS VARCHAR) AS usage_date,
  'service-' || (i % 12) AS service,
  'project-of-a-team-' || (i * 7919 % 1000) AS project,
  CAST(CAST(i * 7919 % 1000003 AS DECIMAL(18, 6)) / 1000 AS DECIMAL(18, 6))::VARCHAR AS cost,
  'USD' AS currency,
  'services/compute/instances/' || md5(i::VARCHAR) AS resource,
  strftime(TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS started_at
FROM range({count}) AS numbers(i)
"""


_TYPED = """
SELECT * REPLACE (
  usage_date::DATE AS usage_date, cost::DECIMAL(18, 6) AS cost, started_at::TIMESTAMPTZ AS started_at
)
FROM ({rows})
"""


def typed_charges(folder: Path, count: int) -> Path:
    """The same in Parquet whose days, amounts and times are typed, as BigQuery loads them by itself."""
    typed = _TYPED.format(rows=_ROWS.format(count=count))
    return _written(folder / f"typed_{count}.parquet", typed, _WRITTEN_AS["parquet"])


def charges(folder: Path, count: int, *, written_as: str) -> Path:
    """`count` charges in a file; the one that is there, where it was made before."""
    path = folder / f"charges_{count}.{written_as}"
    return _written(path, _ROWS.format(count=count), _WRITTEN_AS[written_as])


def _written(path: Path, rows: str, options: str) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({rows}) TO '{path}' ({options})")
    return path
