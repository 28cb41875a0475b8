"""What Terraform is told of the tenants."""

import pytest

from shared.adapters.folder_configs import DiskFolder
from shared.config.problem import ConfigError
from shared.config.reading import TEMPLATES
from shared.config.schedules import load_schedules
from shared.config.tenants_file import TenantsFile, build_tenants_file
from tests.fakes.configs import MemoryFolder
from tests.stage import ROOT

HASHES = {TEMPLATES: "0" * 64, "acme": "a" * 64}
EXAMPLE = "terraform/modules/tenants/tests/configs/two"


def source(*secrets: str) -> str:
    """A REST source that needs these secrets."""
    named = ", ".join(f"p{number}: {{secret: {name}}}" for number, name in enumerate(secrets))
    return (
        "type: rest_api\n"
        "client: {base_url: https://api.example.com/}\n"
        f"resource_defaults: {{endpoint: {{data_selector: data, paginator: single_page, params: {{{named}}}}}}}\n"
        "resources: [charges]\n"
    )


def reading(name: str) -> str:
    """A template's pipeline that reads the source of that name."""
    return (
        "steps:\n"
        f"  - {{id: read, type: ingest, source: {name}, destination: {{table: raw_data, mode: append}}}}\n"
    )


def built(files: dict[str, str], *tenant_ids: str) -> TenantsFile:
    texts = {f"{tenant_id}/tenant.yml": "display_name: A\n" for tenant_id in tenant_ids}
    hashes = {TEMPLATES: "0" * 64} | dict.fromkeys(tenant_ids, "a" * 64)
    return build_tenants_file(MemoryFolder(texts | files), hashes)


def test_a_tenant_has_what_its_folder_says() -> None:
    files = {
        "acme/tenant.yml": "display_name: Acme\nlocation: EU\n",
        "acme/schemas/budgets.yml": (
            "name: budgets\ncolumns: [{name: month, type: DATE}]\npartitioning: {field: month}\n"
        ),
    }

    assert build_tenants_file(MemoryFolder(files), HASHES).model_dump(mode="json", exclude_none=True) == {
        "format": 1,
        "templates_hash": "0" * 64,
        "tenants": {
            "acme": {
                "account_id": "t-acme-822b33ad",
                "display_name": "Acme",
                "folder_hash": "a" * 64,
                "location": "EU",
                "schedules": [],
                "secrets": [],
                "tables": [
                    {
                        "name": "budgets",
                        "description": "",
                        "columns": [{"name": "month", "type": "DATE", "mode": "NULLABLE"}],
                        "partitioning": {"type": "DAY", "field": "month"},
                        "clustering": [],
                    }
                ],
            }
        },
    }


def test_secrets_are_those_of_its_sources_and_of_the_templates_that_its_pipelines_read() -> None:
    files = {
        "acme/sources/api.yml": source("b_key", "a_key", "b_key"),
        "acme/sources/own.yml": source("own_key"),
        "acme/pipelines/x/y/api.yml": "extends: templates/x/y/api\n",
        "acme/pipelines/x/y/own.yml": "extends: templates/x/y/own\n",
        "templates/pipelines/x/y/api.yml": reading("shared"),
        "templates/pipelines/x/y/own.yml": reading("own"),
        "templates/sources/shared.yml": source("shared_key"),
        "templates/sources/own.yml": source("hidden_key"),
        "templates/sources/unread.yml": source("unread_key"),
    }

    assert built(files, "acme").tenants["acme"].secrets == ("a_key", "b_key", "own_key", "shared_key")


def test_schedules_are_those_that_the_functions_find() -> None:
    folder = DiskFolder(ROOT / EXAMPLE)

    hashes = {TEMPLATES: "0" * 64, "acme_corp_001": "a" * 64, "Globex": "b" * 64}

    file = build_tenants_file(folder, hashes)

    schedules = [schedule for entry in file.tenants.values() for schedule in entry.schedules]
    assert len(schedules) == 3
    assert set(schedules) == set(load_schedules(folder))


def test_two_secrets_that_would_have_one_name_are_refused() -> None:
    files = {"acme/sources/api.yml": source("corp_key"), "acme_corp/sources/api.yml": source("key")}

    with pytest.raises(ConfigError) as refused:
        built(files, "acme", "acme_corp")

    [problem] = refused.value.problems
    assert str(problem) == (
        "configs/acme:1:1: its secret corp_key would be called acme_corp_key in Secret Manager, "
        "and so would secret key of acme_corp; give one of them another name"
    )


def test_a_file_that_became_wrong_meanwhile_is_a_problem() -> None:
    with pytest.raises(ConfigError):
        built({"acme/sources/api.yml": "type: nothing\n"}, "acme")


def test_the_text_is_the_same_in_any_order() -> None:
    texts = {"umbrella/tenant.yml": "display_name: Ünbrella\n", "acme/tenant.yml": "display_name: Acme\n"}
    hashes = HASHES | {"umbrella": "b" * 64}

    text = build_tenants_file(MemoryFolder(texts), hashes).text

    assert text == build_tenants_file(MemoryFolder(texts), dict(reversed(hashes.items()))).text
    assert text.index('"acme"') < text.index('"umbrella"')
    assert '"display_name": "Ünbrella"' in text
    assert TenantsFile.model_validate_json(text).text == text
