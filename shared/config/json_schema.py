"""JSON Schemas of the configuration files, from the same models that check them, for editors."""

from pydantic import JsonValue, TypeAdapter

from shared.config.recipe import Extension
from shared.config.source_file import SourceFile
from shared.domain.pipeline import Pipeline
from shared.domain.pipeline_tests import PipelineTests
from shared.domain.rule import RuleSet
from shared.domain.table import Table
from shared.domain.tenant import Tenant

_ADAPTER_BY_KIND: dict[str, TypeAdapter[object]] = {
    "tenant": TypeAdapter(Tenant),
    "pipeline": TypeAdapter(Pipeline | Extension),
    "source": TypeAdapter(SourceFile),
    "rules": TypeAdapter(RuleSet),
    "table": TypeAdapter(Table),
    "tests": TypeAdapter(PipelineTests),
}
KINDS = tuple(_ADAPTER_BY_KIND)
"""The kinds of file: tenant.yml, and those of pipelines/, sources/, dq_rules/, schemas/ and tests/."""


def json_schema(kind: str) -> dict[str, JsonValue]:
    """The schema (draft 2020-12) of one kind of file. What spans several files only `check_tenant` sees."""
    schema = _ADAPTER_BY_KIND[kind].json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
