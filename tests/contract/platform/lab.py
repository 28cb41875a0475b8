"""A tenant whose pipelines take their time, and functions that can't submit the jobs of one step."""

import textwrap
from pathlib import Path

from tests.stage import ROOT

TENANT = "lab"
DOOMED_STEP = "doomed"

_MAIN = f'''
    """The functions, but for BigQuery being out of reach of every step that is called {DOOMED_STEP}."""

    import dataclasses

    from functions.executor.main import answer, step_times
    from functions.health.main import health
    from functions.reconciler.main import reconciler
    from functions.runs.main import runs
    from functions.triggers.main import triggers
    from shared.domain.errors import TransientError
    from shared.web.endpoint import respond
    from shared.wiring import world


    class OutOfReach:
        def __init__(self, warehouse):
            self._warehouse = warehouse

        def __getattr__(self, name):
            return getattr(self._warehouse, name)

        def submit(self, job):
            if job.labels["step"] == "{DOOMED_STEP}":
                raise TransientError("BigQuery is out of reach")
            return self._warehouse.submit(job)


    def executor(request):
        partly = dataclasses.replace(world(), warehouse=OutOfReach(world().warehouse))
        return respond(request, lambda asked: answer(asked, partly, times=step_times()))
'''

_SQL = """\
SELECT
  DATE '2025-11-01' AS usage_date,
  'lab' AS provider,
  'compute' AS service,
  '' AS project,
  'USD' AS currency,
  CAST(n AS NUMERIC) AS billed_cost,
  NUMERIC '0' AS credits,
  CAST(n AS NUMERIC) AS net_cost,
  n AS charge_count
FROM (
  SELECT COUNT(*) AS n
  FROM UNNEST(GENERATE_ARRAY(1, {rows})) AS a
  CROSS JOIN UNNEST(GENERATE_ARRAY(1, 50000)) AS b
  WHERE MOD(a * b, 7) = 3
)
"""
# DuckDB can't be interrupted while it makes an array, so not too long a one.
_ROWS_BY_NAME = {"quick": 1, "seconds": 1_000, "hours": 3_000_000}

_PIPELINE = """\
timeout: {timeout}
steps:
  - id: {step}
    type: transform
    sql: {sql}
    destination: {{table: transformed_data, mode: append}}
  - id: after
    type: transform
    sql: quick
    destination: {{table: transformed_data, mode: append}}
"""


def make_root(folder: Path) -> Path:
    """A project folder whose functions are ours but for that one step."""
    folder.mkdir()
    (folder / "main.py").write_text(textwrap.dedent(_MAIN))
    (folder / "scripts").symlink_to(ROOT / "scripts")
    return folder


def add_tenant(configs: Path) -> None:
    """Write the tenant's folder: pipelines `doomed`, `quick`, `seconds` and `hours`."""
    transforms, pipelines = configs / TENANT / "transforms", configs / TENANT / "pipelines" / "demo" / "cost"
    transforms.mkdir(parents=True)
    pipelines.mkdir(parents=True)
    (configs / TENANT / "tenant.yml").write_text("display_name: Lab\n")
    for name, rows in _ROWS_BY_NAME.items():
        (transforms / f"{name}.sql").write_text(_SQL.format(rows=rows))
    for name, step, sql, timeout in (
        ("doomed", DOOMED_STEP, "quick", "1h"),
        ("quick", "first", "quick", "1h"),
        ("seconds", "slow", "seconds", "1h"),
        ("hours", "endless", "hours", "5s"),
    ):
        (pipelines / f"{name}.yml").write_text(_PIPELINE.format(step=step, sql=sql, timeout=timeout))
