"""What rules cost: one, ten and fifty of them over one table, and the two that read the most over a million rows."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import rows
from benchmarks.figure import Aim, Figure, middle
from benchmarks.sizes import Sizes
from benchmarks.stage import Caller, Stage
from benchmarks.tenant import TENANT, Tenant

GROUP = "Checks"
_TIMES = 3
_MILLION = 1_000_000
_KINDS = (
    "type: not_null, column: service",
    "type: range, column: cost, minimum: 0, maximum: 100000",
    "type: accepted_values, column: currency, values: [USD]",
    'type: regex, column: project, pattern: "^project-of-a-team-[0-9]+$"',
    'type: expression, expression: "charge_id > 0"',
)
_HEAVY = """\
rules:
  - {id: no_charge_twice, type: unique, columns: [charge_id]}
  - {id: has_service, type: not_null, column: service}
"""


def checks(stage: Stage, caller: Caller, tenant: Tenant, *, files: Path, sizes: Sizes) -> Iterator[Figure]:
    """The step's own time, from StepStarted to StepSucceeded, the median of three runs."""
    _fill(stage, caller, tenant, path=rows.charges(files, sizes.ruled_rows, written_as="parquet"))
    for count in sizes.rule_counts:
        pipeline = tenant.check_pipeline(f"rules_{count}", rules=_rules(count), table="checked")
        what = f"{count} rule{'s' if count > 1 else ''}, {sizes.ruled_rows:,} rows"
        yield Figure(GROUP, what, _step_seconds(caller, pipeline), "s")
    _fill(stage, caller, tenant, path=rows.charges(files, sizes.checked_rows, written_as="parquet"))
    pipeline = tenant.check_pipeline("unique_and_not_null", rules=_HEAVY, table="checked")
    aim = Aim(2) if sizes.checked_rows == _MILLION else None
    what = f"`unique` and `not_null`, {sizes.checked_rows:,} rows"
    yield Figure(GROUP, what, _step_seconds(caller, pipeline), "s", aim)


def _rules(count: int) -> str:
    lines = (f"  - {{id: rule_{number}, {_KINDS[number % len(_KINDS)]}}}" for number in range(count))
    return "\n".join(["rules:", *lines, ""])


def _fill(stage: Stage, caller: Caller, tenant: Tenant, *, path: Path) -> None:
    """The file's rows, and no others, in the table `checked`, through the platform."""
    tenant.source("checked", path, written_as="parquet")
    pipeline = tenant.ingest_pipeline("checked", source="checked", table="checked")
    stage.client().query_and_wait(f"TRUNCATE TABLE {TENANT}.checked")
    caller.finish(caller.post(pipeline), every=0.1)


def _step_seconds(caller: Caller, pipeline: str) -> float:
    taken = []
    for _ in range(_TIMES):
        [step] = caller.finish(caller.post(pipeline), every=0.1)["steps"]
        taken.append(step["duration_ms"] / 1e3)
    return middle(taken)
