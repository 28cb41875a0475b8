"""The tables that every installation and every tenant has: `shared/schemas/*.json`, the only definition of each."""

from functools import cache
from importlib import resources

from shared.domain.table import Table

METADATA_TABLES = ("api_keys", "run_events")
METADATA_VIEWS = ("pipeline_runs", "step_logs", "dq_results")
TENANT_TABLES = ("raw_data", "transformed_data", "metrics")


@cache
def standard_table(name: str) -> Table:
    """The table as `shared/schemas/<name>.json` defines it."""
    text = resources.files("shared.schemas").joinpath(f"{name}.json").read_text(encoding="utf-8")
    return Table.model_validate_json(text)
