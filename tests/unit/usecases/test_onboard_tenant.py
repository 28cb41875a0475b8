"""Onboarding a tenant, and the metadata that all of them share."""

import pytest

from shared.domain.errors import ConflictError, InvalidError, NotFoundError
from shared.domain.table import Column, Table
from shared.usecases.create_metadata import create_metadata
from shared.usecases.onboard_tenant import onboard_tenant
from tests.fakes.acme import FILES
from tests.fakes.configs import MemoryConfigs
from tests.fakes.tables import MemoryTables

OWN_TABLE = "name: prices\ncolumns:\n  - {name: sku, type: STRING}\n  - {name: price, type: NUMERIC}\n"


def test_a_tenant_gets_its_dataset_the_standard_tables_and_its_own() -> None:
    tables = MemoryTables()
    configs = MemoryConfigs(
        {
            **FILES,
            "acme/tenant.yml": "display_name: Acme\nlocation: EU\n",
            "acme/schemas/prices.yml": OWN_TABLE,
        }
    )

    wanted = onboard_tenant("acme", configs=configs, tables=tables)

    assert [table.name for table in wanted] == ["raw_data", "transformed_data", "metrics", "prices"]
    assert list(tables.tables["acme"]) == ["raw_data", "transformed_data", "metrics", "prices"]
    assert tables.locations == {"acme": "EU"}


def test_onboarding_again_changes_nothing() -> None:
    tables = MemoryTables()
    first = onboard_tenant("acme", configs=MemoryConfigs(FILES), tables=tables)
    before = dict(tables.tables["acme"])

    assert onboard_tenant("acme", configs=MemoryConfigs(FILES), tables=tables) == first
    assert tables.tables["acme"] == before


def test_a_table_that_differs_is_left_for_a_person() -> None:
    tables = MemoryTables("acme")
    tables.create_table("acme", Table(name="raw_data", columns=(Column(name="data", type="STRING"),)))

    with pytest.raises(ConflictError):
        onboard_tenant("acme", configs=MemoryConfigs(FILES), tables=tables)


def test_a_tenant_without_a_folder_is_not_found() -> None:
    with pytest.raises(NotFoundError, match=r"^Tenant not found$"):
        onboard_tenant("nobody", configs=MemoryConfigs(FILES), tables=MemoryTables())


def test_a_wrong_configuration_creates_nothing() -> None:
    tables = MemoryTables()
    configs = MemoryConfigs({**FILES, "acme/schemas/prices.yml": "name: prices\n"})

    with pytest.raises(InvalidError, match="'columns' is missing"):
        onboard_tenant("acme", configs=configs, tables=tables)

    assert tables.tables == {}


def test_metadata_is_created_in_order_and_each_part_is_told() -> None:
    tables = MemoryTables()

    lines = list(create_metadata(dataset="metadata", project="p", location="US", tables=tables))

    assert lines == [
        "Created/verified metadata dataset: p.metadata",
        "Created/verified table: p.metadata.api_keys",
        "Created/verified table: p.metadata.run_events",
        "Created/verified table: p.metadata.pipeline_runs (view)",
        "Created/verified table: p.metadata.step_logs (view)",
        "Created/verified table: p.metadata.dq_results (view)",
    ]
    assert all("`p`.`metadata`" in sql for sql in tables.views.values())
