"""Pipelines that append the rows of one source to raw_data."""

from shared.domain.pipeline import Address
from tests.stage import TENANT, Stage

PIPELINE = """\
steps:
  - id: load
    type: ingest
    source: {name}
    destination: {{table: raw_data, mode: append}}
"""


def write_pipeline(stage: Stage, name: str, *, source: str) -> Address:
    """Have a pipeline of that name, and its source of the same name."""
    folder = stage.configs / TENANT
    (folder / "pipelines/lab/cost").mkdir(parents=True, exist_ok=True)
    (folder / f"pipelines/lab/cost/{name}.yml").write_text(PIPELINE.format(name=name))
    (folder / f"sources/{name}.yml").write_text(source)
    return Address(tenant_id=TENANT, provider="lab", domain="cost", pipeline=name)
