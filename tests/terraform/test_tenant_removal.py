"""A tenant's folder that is gone ends the plan: Terraform may not destroy what holds the tenant's data."""

from pathlib import Path

from tests.terraform.workbench import Workbench, build_workbench, needs_terraform, write_tenants_file

_MODULE = "terraform/modules/tenants"
_RUNS = """
mock_provider "google" {}
mock_provider "time" {}

variables {
  project     = "my-project"
  schemas_dir = "SCHEMAS"
}

run "both_are_there" {
  variables { configs_dir = "BOTH" }
}

run "one_is_gone" {
  command = plan
  variables { configs_dir = "ONE" }
}
"""


def write_tenant(configs: Path, tenant_id: str) -> None:
    """A tenant with a source that needs a secret."""
    sources = configs / tenant_id / "sources"
    sources.mkdir(parents=True)
    (sources.parent / "tenant.yml").write_text(f"display_name: {tenant_id}\n")
    (sources / "api.yml").write_text(
        "type: rest_api\n"
        "client: {base_url: https://api.example.com/, auth: {type: bearer, token: {secret: api_key}}}\n"
        "resource_defaults: {endpoint: {data_selector: data, paginator: single_page}}\n"
        "resources: [charges]\n"
    )


def plan_after_removal(bench: Workbench) -> str:
    """What Terraform says of the second run, its lines put together."""
    both, one = bench.root / "both", bench.root / "one"
    for tenant_id in ("staying", "leaving"):
        write_tenant(both, tenant_id)
    write_tenant(one, "staying")
    write_tenants_file(both)
    write_tenants_file(one)
    runs = _RUNS.replace("BOTH", str(both)).replace("ONE", str(one))
    runs = runs.replace("SCHEMAS", str(bench.root / "shared/schemas"))
    (bench.root / _MODULE / "tests/removal.tftest.hcl").write_text(runs)
    said = bench.test(_MODULE, only="removal")
    # What follows is about the end of the test, which may not destroy them either.
    plan = said.stderr.split("Terraform encountered an error destroying resources")[0]
    return " ".join(f"{said.stdout}\n{plan}".split())


@needs_terraform
def test_a_folder_that_is_gone_deletes_no_data(tmp_path: Path) -> None:
    said = plan_after_removal(build_workbench(tmp_path))

    assert 'run "both_are_there"... pass run "one_is_gone"... fail' in said
    assert _refused('module.tenant["leaving"].google_bigquery_dataset.tenant') in said
    assert _refused('module.tenant["leaving"].google_secret_manager_secret.tenant["api_key"]') in said
    assert "staying" not in said


@needs_terraform
def test_tables_are_kept_by_themselves_too(tmp_path: Path) -> None:
    bench = build_workbench(tmp_path)
    # Terraform stops at the first that may not be destroyed, and a table goes before its dataset.
    main = bench.root / _MODULE / "tenant/main.tf"
    dataset, tables = main.read_text().split('resource "google_bigquery_table"')
    main.write_text(dataset.replace("prevent_destroy = true", "prevent_destroy = false") + _table(tables))

    said = plan_after_removal(bench)

    assert _refused('module.tenant["leaving"].google_bigquery_table.tenant["raw_data"]') in said


def _table(text: str) -> str:
    return f'resource "google_bigquery_table"{text}'


def _refused(address: str) -> str:
    return f"Resource {address} has lifecycle.prevent_destroy set"
