"""A tenant's files with something else in one of them, and what is said about it."""

import pytest

from shared.config.kept_documents import KeptDocuments
from shared.config.problem import ConfigError
from shared.config.reading import Reading
from shared.config.recipe import read_recipe
from shared.domain.pipeline import Address
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder

PIPELINE = "acme/pipelines/demo/cost/chain.yml"
RULES = "acme/dq_rules/quality.yml"
SQL = "acme/transforms/daily.sql"
SOURCE = "acme/sources/charges.yml"
COLUMNS = (
    "billed_cost, charge_count, created_at, credits, currency, net_cost, pipeline_id, project, provider, run_id, "
    "service, tenant_id, usage_date"
)
NOT_A_TABLE = "is not a table of this tenant (its own are declared in schemas/)"
OUT_OF_SCOPE = (
    "which is neither a table of this tenant's dataset nor the table of one of its sources "
    "(an array is read with UNNEST)"
)
REST = """\
type: rest_api
client: {base_url: https://api.example.com, auth: {type: bearer, token: {secret: key}}}
resources:
  - {name: costs, endpoint: {path: costs, params: {start: {parameter: days_start, format: unix}},
                             paginator: single_page, data_selector: data}}
"""
_KEPT = KeptDocuments()
"""All files but one are the same each time."""


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The tenant's files, with something else in one of them."""
    assert old in FILES[file]
    return {**FILES, file: FILES[file].replace(old, new, 1)}


def problems_of(files: dict[str, str], address: Address = CHAIN) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_recipe(Reading(MemoryFolder(files), address.tenant_id, kept=_KEPT), address)
    return [str(problem).removeprefix("configs/") for problem in caught.value.problems]
