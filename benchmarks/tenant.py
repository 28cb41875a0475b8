"""The tenant that everything is measured with: its folder, its dataset and a key."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks import rows
from benchmarks.stage import Caller, Stage

TENANT = "bench"
THREE_STEPS = f"{TENANT}/bench/charges/three_steps"
THREE_STEP_ROWS = 1_000

_OWN_COLUMNS = """\
  - {name: tenant_id, type: STRING, mode: REQUIRED}
  - {name: pipeline_id, type: STRING, mode: REQUIRED}
  - {name: run_id, type: STRING, mode: REQUIRED}
"""
_CHARGE_COLUMNS = """\
  - {name: charge_id, type: INTEGER}
  - {name: usage_date, type: DATE}
  - {name: service, type: STRING}
  - {name: project, type: STRING}
  - {name: cost, type: NUMERIC}
  - {name: currency, type: STRING}
  - {name: resource, type: STRING}
  - {name: started_at, type: TIMESTAMP}
"""
_DAILY_COLUMNS = """\
  - {name: usage_date, type: DATE}
  - {name: service, type: STRING}
  - {name: cost, type: NUMERIC}
  - {name: charge_count, type: INTEGER}
"""
_PIPELINE = """\
steps:
  - id: ingest_charges
    type: ingest
    source: charges
    destination: {table: charges, mode: append}
  - id: check_charges
    type: dq
    table: charges
    rules: charges_quality
  - id: daily_costs
    type: transform
    sql: daily_costs
    destination: {table: daily_costs, mode: append}
"""
_RULES = """\
rules:
  - {id: has_charge_id, type: not_null, column: charge_id}
"""
_SQL = """\
SELECT usage_date, service, SUM(cost) AS cost, COUNT(*) AS charge_count
FROM charges
WHERE run_id = @run_id
GROUP BY usage_date, service
"""


@dataclass(frozen=True)
class Tenant:
    """The tenant's folder of configurations; changes count from the next call on."""

    configs: Path

    @property
    def folder(self) -> Path:
        return self.configs / TENANT

    def write(self, name: str, text: str) -> None:
        """One configuration file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def limit(self, concurrent_runs: int | None) -> None:
        """How many runs may be under way at once; None for any number."""
        limits = f"limits: {{concurrent_runs: {concurrent_runs}}}\n" if concurrent_runs else ""
        self.write("tenant.yml", f"display_name: Benchmarks\nlocation: US\n{limits}")

    def charge_table(self, name: str) -> None:
        """A typed table of charges."""
        self.write(f"schemas/{name}.yml", f"name: {name}\ncolumns:\n{_OWN_COLUMNS}{_CHARGE_COLUMNS}")

    def source(self, name: str, path: Path | str, *, written_as: str) -> None:
        """A source that reads one file, or `gs://…`; FILES_DIR is the whole disk here."""
        self.write(f"sources/{name}.yml", f"type: files\npath: {path}\nformat: {written_as}\n")

    def ingest_pipeline(self, name: str, *, source: str, table: str) -> str:
        """The address of a pipeline of one step, which adds a source's rows to a table."""
        step = (
            f"{{id: ingest, type: ingest, source: {source}, destination: {{table: {table}, mode: append}}}}"
        )
        self.write(f"pipelines/bench/ingest/{name}.yml", f"steps:\n  - {step}\n")
        return f"{TENANT}/bench/ingest/{name}"

    def check_pipeline(self, name: str, *, rules: str, table: str) -> str:
        """The address of a pipeline of one step, which checks all rows of a table."""
        self.write(f"dq_rules/{name}.yml", rules)
        step = f"{{id: check, type: dq, table: {table}, rules: {name}, scope: table}}"
        self.write(f"pipelines/bench/check/{name}.yml", f"steps:\n  - {step}\n")
        return f"{TENANT}/bench/check/{name}"


def write_tenant(configs: Path, *, files: Path) -> Tenant:
    """A tenant with the pipeline of three steps: 1,000 NDJSON rows into a typed table, one check, one aggregate."""
    tenant = Tenant(configs)
    tenant.limit(None)
    for table in ("charges", "bulk", "checked"):
        tenant.charge_table(table)
    tenant.write("schemas/daily_costs.yml", f"name: daily_costs\ncolumns:\n{_OWN_COLUMNS}{_DAILY_COLUMNS}")
    tenant.source("charges", rows.charges(files, THREE_STEP_ROWS, written_as="ndjson"), written_as="ndjson")
    tenant.write("dq_rules/charges_quality.yml", _RULES)
    tenant.write("transforms/daily_costs.sql", _SQL)
    tenant.write("pipelines/bench/charges/three_steps.yml", _PIPELINE)
    return tenant


def onboarded(stage: Stage) -> Caller:
    """Whoever calls the API with the tenant's new key."""
    stage.convergence("tenant", "add", TENANT)
    key = stage.convergence("key", "create", TENANT, "--description", "benchmarks", "--quiet")
    return Caller(stage, key=key)
