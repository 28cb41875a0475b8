"""Small pipelines of every shape, without YAML."""

import random
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from shared.domain.destination import DestinationSchema, IngestDestination, TransformDestination
from shared.domain.errors import TransientKind
from shared.domain.pipeline import Address, DqStep, IngestStep, Pipeline, Recipe, Step, TransformStep
from shared.domain.retry import TRANSIENT_KINDS, Retry
from shared.domain.rule import RuleSet
from shared.domain.rules.row_count import RowCountRule
from shared.domain.source import BigQuerySource, FilesSource, Source
from shared.domain.table import Column, Table
from shared.domain.tenant import MINIMUM_BYTES_BILLED, Limits, Tenant
from tests.fakes.configs import MemoryConfigs
from tests.fakes.sources import growing_orders

TENANTS = ("acme", "umbrella")
_COLUMNS = (Column(name="run_id", type="STRING"), Column(name="data", type="JSON"))
_BY_FILE = (Column(name="pipeline_id", type="STRING"), Column(name="source_file", type="STRING"))
_TABLES = {
    "raw": Table(name="raw", columns=(*_COLUMNS, _BY_FILE[1])),
    "daily": Table(name="daily", columns=_COLUMNS),
    "due": Table(name="due", columns=(*_COLUMNS, *_BY_FILE)),
    "growing": Table(name="growing", columns=(*_COLUMNS, _BY_FILE[0])),
}
_SOURCES: dict[str, Source] = {
    "files": FilesSource(type="files", path="rows.csv", format="csv"),
    "due": FilesSource(type="files", path="due/*.csv", format="csv", load="changed"),
    "growing": growing_orders(),
    "objects": FilesSource(type="files", path="gs://exports/rows.parquet", format="parquet"),
    "lines": FilesSource(type="files", path="gs://exports/rows.json", format="ndjson"),
    "table": BigQuerySource(type="bigquery", table="public.rows"),
}
ROWS_BY_PATH: dict[str, list[dict[str, JsonValue]]] = {
    "rows.csv": [{"data": 1}],
    "gs://exports/rows.parquet": [{"data": 1}],
    "gs://exports/rows.json": [{"data": 1}],
}
_RULES = {"rules": RuleSet(rules=(RowCountRule(id="has_rows", type="row_count", minimum=1),))}
_SQL = {"daily": "SELECT data FROM raw"}
_DESTINATIONS = {mode: IngestDestination(table="raw", mode=mode) for mode in ("append", "replace")}
_ALONE = {
    "due": IngestDestination(table="due", mode="append"),
    "growing": IngestDestination(table="growing", mode="merge", keys=("data.key",)),
}
_ASIDE = {
    mode: IngestDestination(table="raw", mode=mode, fields=DestinationSchema(breaking_rows="quarantine"))
    for mode in ("append", "replace")
}
_DAILY = {mode: TransformDestination(table="daily", mode=mode) for mode in ("append", "replace")}
_POLICIES: tuple[tuple[TransientKind, ...], ...] = (
    TRANSIENT_KINDS,
    TRANSIENT_KINDS,
    ("stopped", "unavailable"),
    ("quota",),
)
_RETRIES = tuple(Retry(attempts=attempts, on=on) for attempts in (1, 2, 3) for on in _POLICIES)
_STEP_TIMEOUTS = (None, None, None, "1m", "10m", "40m")
_STEP_BYTES = (None, None, None, 10**9, MINIMUM_BYTES_BILLED)
"""The least is enough for the first query of an attempt and for no other."""
_RUN_TIMEOUTS = ("1h", "1h", "1h", "20m", "2m", "3h")


def draw_recipe(rng: random.Random, *, tenant_id: str, limit: int | None, name: str) -> Recipe:
    """A chain, a diamond, a join or whatever else comes of needs that lead backwards."""
    count = rng.choice((1, 2, 2, 3, 3, 4))
    steps: list[Step] = []
    for index in range(count):
        steps.append(_draw_step(rng, index, needs=_draw_needs(rng, index)))
    pipeline = Pipeline.model_construct(parameters={}, timeout=rng.choice(_RUN_TIMEOUTS), steps=tuple(steps))
    return Recipe.model_construct(
        address=Address(tenant_id=tenant_id, provider="demo", domain="cost", pipeline=name),
        tenant=Tenant(display_name=tenant_id, limits=Limits(concurrent_runs=limit)),
        pipeline=pipeline,
        sources=_SOURCES,
        rule_sets=_RULES,
        transforms=_SQL,
        tables=_TABLES,
    )


def _draw_needs(rng: random.Random, index: int) -> tuple[str, ...]:
    kind = rng.random()
    if index == 0 or kind < 0.2:
        return ()
    if kind < 0.5:
        return (f"s{index}",)
    return tuple(f"s{number}" for number in range(1, index + 1) if rng.random() < 0.6)


def _draw_step(rng: random.Random, index: int, *, needs: tuple[str, ...]) -> Step:
    shared: dict[str, Any] = {
        "id": f"s{index + 1}",
        "needs": needs,
        "retry": rng.choice(_RETRIES),
        "timeout": rng.choice(_STEP_TIMEOUTS),
        "bytes_billed_per_step": rng.choice(_STEP_BYTES),
    }
    kind = rng.choice(("files", "files", "objects", "lines", "table", "dq", "transform", "due", "growing"))
    if kind == "dq":
        return DqStep.model_construct(
            **shared, type="dq", table="raw", rules="rules", scope="run", window=None, on_failure="stop"
        )
    mode = rng.choice(("append", "replace"))
    if kind == "transform":
        return TransformStep.model_construct(
            **shared, type="transform", sql="daily", destination=_DAILY[mode]
        )
    if kind in _ALONE:
        return IngestStep.model_construct(**shared, type="ingest", source=kind, destination=_ALONE[kind])
    destination = _ASIDE[mode] if kind == "files" and index % 2 else _DESTINATIONS[mode]
    return IngestStep.model_construct(**shared, type="ingest", source=kind, destination=destination)


class SimulatedConfigs(MemoryConfigs):
    """Recipes that are there before the schedule begins, and were never text."""

    def __init__(self, recipes: Mapping[str, Recipe]) -> None:
        tenants = {recipe.address.tenant_id for recipe in recipes.values()}
        super().__init__({f"{tenant}/tenant.yml": f"display_name: {tenant}\n" for tenant in tenants})
        self._recipes = recipes

    def load_tenant(self, tenant_id: str) -> Tenant:
        return next(
            recipe.tenant for recipe in self._recipes.values() if recipe.address.tenant_id == tenant_id
        )

    def load_recipe(self, address: Address) -> Recipe:
        return self._recipes[address.text]
