"""A tenant's folder as a whole."""

import pytest

from shared.config.tenant_folder import addresses, check_tenant, load_tables, load_tenant, tenant_ids
from shared.domain.errors import InvalidError, NotFoundError
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.configs import MemoryFolder

FOLDER = MemoryFolder(FILES)


def check(**added: str) -> list[str]:
    files = FILES | {f"acme/{path}": text for path, text in added.items()}
    return [
        str(problem).removeprefix("configs/acme/") for problem in check_tenant(MemoryFolder(files), "acme")
    ]


def test_tenants_are_the_folders_with_a_tenant_file() -> None:
    files = {
        **FILES,
        "metadata/tenant.yml": "",
        "templates/tenant.yml": "",
        "no-tenant/tenant.yml": "",
        "empty/x": "",
    }

    assert tenant_ids(MemoryFolder(files)) == ["acme", "umbrella"]


def test_every_pipeline_has_an_address() -> None:
    assert addresses(FOLDER, "acme") == [CHAIN, GRAPH]


@pytest.mark.parametrize("tenant_id", ["nobody", "metadata", "templates", "../acme", ""])
def test_a_tenant_that_is_not_there_is_not_found(tenant_id: str) -> None:
    with pytest.raises(NotFoundError, match=r"^Tenant not found$"):
        load_tenant(FOLDER, tenant_id)


def test_a_wrong_tenant_file_is_explained() -> None:
    folder = MemoryFolder({"acme/tenant.yml": "display_name: A\nlimits: {bytes_billed_per_job: 1}\n"})

    with pytest.raises(
        InvalidError, match=r"2:32: limits\.bytes_billed_per_job: must be 10485760 or more, is 1"
    ):
        load_tenant(folder, "acme")


def test_a_tenant_may_declare_tables_of_its_own() -> None:
    own = "name: prices\ncolumns: [{name: sku, type: STRING}]\n"

    tables = load_tables(MemoryFolder({**FILES, "acme/schemas/prices.yml": own}), "acme")

    assert [table.name for table in tables] == ["raw_data", "transformed_data", "metrics", "prices"]


def test_a_standard_table_cannot_be_declared_again() -> None:
    own = "name: raw_data\ncolumns: [{name: sku, type: STRING}]\n"

    assert check(**{"schemas/raw_data.yml": own}) == [
        "schemas/raw_data.yml:1:1: name: is a standard table's name"
    ]


def test_a_table_by_which_writers_take_turns_cannot_be_declared() -> None:
    own = "name: raw_data_write_lock\ncolumns: [{name: sku, type: STRING}]\n"

    assert check(**{"schemas/raw_data_write_lock.yml": own}) == [
        (
            "schemas/raw_data_write_lock.yml:1:1: name: must not end as the tables do by which those who write a "
            "table take turns (_write_lock)"
        )
    ]


def test_a_folder_with_nothing_wrong_has_no_problems() -> None:
    others = {
        "README.md": "",
        ".gitkeep": "",
        "secrets/key.txt": "x",
        "files/charges.csv": "a",
        "sources/.gitkeep": "",
    }

    assert check(**others) == []


def test_files_that_no_pipeline_names_are_checked_too() -> None:
    problems = check(**{"sources/unused.yml": "type: ftp\n", "dq_rules/unused.yml": "rules: 1\n"})

    assert problems == [
        "dq_rules/unused.yml:1:8: rules: must be a list, is 1",
        "sources/unused.yml:1:7: type: 'ftp' is not allowed; use one of bigquery, files, rest_api, sql_database",
    ]


def test_a_pattern_of_rules_that_no_pipeline_applies_yet_is_checked_too() -> None:
    rules = "rules: [{id: shape, type: regex, column: data.cost, pattern: '[0-9'}]\n"

    assert check(**{"dq_rules/unused.yml": rules}) == [
        "dq_rules/unused.yml:1:62: rules[0].pattern: is no regular expression of RE2: missing ]: [0-9"
    ]


def test_an_api_that_no_pipeline_reads_yet_is_checked_too() -> None:
    source = (
        "type: rest_api\nclient: {base_url: 'https://api.example.com?api_key=hunter2'}\n"
        "resources: [{name: a, endpoint: {data_selector: data, paginator: {type: offst, limit: 1}}}]\n"
    )

    assert check(**{"sources/unused.yml": source}) == [
        (
            "sources/unused.yml:2:20: client.base_url: 'api_key' in it is a secret; write it below "
            "params as {secret: name}"
        ),
        (
            "sources/unused.yml:3:73: resources[0].endpoint.paginator.type: 'offst' is not allowed; use one of "
            "single_page, cursor, header_cursor, header_link, json_link, offset, page_number. Did you mean 'offset'?"
        ),
    ]


NO_PIPELINE = (
    "is not read; a pipeline is <provider>/<domain>/<name>.yml in lower-case letters, digits and underscores"
)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("notes.txt", "is not a part of a tenant's folder"),
        ("source/charges.yml", "is not a part of a tenant's folder"),
        ("sources/charges.yaml", "is not read; files here end in .yml"),
        ("transforms/daily.txt", "is not read; files here end in .sql"),
        ("pipelines/demo/cost/chain2.yaml", NO_PIPELINE),
        ("pipelines/demo/cost/chain2", NO_PIPELINE),
        ("pipelines/demo/cost/Chain.yml", NO_PIPELINE),
        ("pipelines/Demo/cost/chain.yml", NO_PIPELINE),
    ],
)
def test_files_that_nobody_reads_are_named(path: str, message: str) -> None:
    shown = "source" if path.startswith("source/") else path

    assert check(**{path: ""}) == [f"{shown}:1:1: {message}"]


PATH = (
    "a file or a pattern such as exports/*.csv; a relative path starts at the tenant's folder. "
    "gs://bucket/pattern names objects of Cloud Storage, s3://bucket/pattern of S3, az://container/pattern of "
    "Azure Blob Storage, and https://host/path one file of a web server. In it {date_range:%Y/%m/%d} stands for the "
    "days of a run"
)


def test_all_pipelines_are_checked() -> None:
    problems = check(**{"sources/charges.yml": "type: files\n"})

    assert problems == [
        "sources/charges.yml:1:1: 'format' is missing: csv, ndjson, parquet or, for Excel, xlsx",
        f"sources/charges.yml:1:1: 'path' is missing: {PATH}",
    ]


def test_sql_is_checked_also_where_the_pipeline_that_names_it_cant_be_read() -> None:
    folder = MemoryFolder(
        {
            "acme/tenant.yml": "display_name: Acme\n",
            "acme/pipelines/gcp/cost/export.yml": "steps: none\n",
            "acme/transforms/daily.sql": "SELECT *\nFROM metadata.api_keys\n",
        }
    )

    problems = check_tenant(folder, "acme")

    assert [problem.pointer for problem in problems] == [
        "configs/acme/pipelines/gcp/cost/export.yml:1:8",
        "configs/acme/transforms/daily.sql:2:6",
    ]
