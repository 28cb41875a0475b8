"""Faults planted in what tenants and their schedules get: `terraform test` has to notice each."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stage import ROOT
from tests.terraform.workbench import build_workbench, needs_terraform

_TENANTS = "terraform/modules/tenants"
_SCHEDULES = "terraform/modules/schedules"


@dataclass(frozen=True)
class Fault:
    """`old` becomes `fault` in a file of the module, and its tests have to fail, saying `complaint`."""

    module: str
    path: str
    old: str
    fault: str
    complaint: str


FAULTS = {
    "a tenant may write every dataset": Fault(
        _TENANTS,
        path="tenant/access.tf",
        old='role    = "roles/bigquery.jobUser"',
        fault='role    = "roles/bigquery.admin"',
        complaint="roles/bigquery.admin on project",
    ),
    "triggers reads tenants' rows": Fault(
        _TENANTS,
        path="variables.tf",
        old='"roles/bigquery.metadataViewer"',
        fault='"roles/bigquery.dataViewer"',
        complaint="roles/bigquery.dataViewer on dataset",
    ),
    "a secret is the executor's to read": Fault(
        _TENANTS,
        path="tenant/access.tf",
        old='role      = "roles/secretmanager.secretAccessor"\n  member    = local.member',
        fault='role      = "roles/secretmanager.secretAccessor"\n  member    = var.settings.executor_member',
        complaint="convergence-executor@my-project.iam.gserviceaccount.com roles/secretmanager.secretAccessor",
    ),
    "accounts are called otherwise than the executor calls them": Fault(
        _TENANTS,
        path="main.tf",
        old="      account_id   = tenant.account_id\n",
        fault='      account_id   = "t-${lower(id)}"\n',
        complaint="the accounts are not those of the tenants",
    ),
    "secrets are copied into the bucket": Fault(
        _TENANTS,
        path="folders.tf",
        old="|^[^/]+/(secrets|tests)/",
        fault="|^[^/]+/(passwords|tests)/",
        complaint="two/acme_corp_001: is not as it was when",
    ),
    "hidden files are copied into the bucket": Fault(
        _TENANTS,
        path="folders.tf",
        old='"(^|/)\\\\.|^[^/]+/(secrets|tests)/"',
        fault='"^[^/]+/(secrets|tests)/"',
        complaint="two/acme_corp_001: is not as it was when",
    ),
    "a secret's value is in the state": Fault(
        _TENANTS,
        path="tenant/main.tf",
        old='resource "google_secret_manager_secret" "tenant" {',
        fault='resource "google_secret_manager_secret_version" "tenant" {\n'
        "  for_each    = google_secret_manager_secret.tenant\n"
        "  secret      = each.value.id\n"
        '  secret_data = "value"\n}\n\n'
        'resource "google_secret_manager_secret" "tenant" {',
        complaint="a secret's value would be in the state",
    ),
    "tables may be deleted": Fault(
        _TENANTS,
        path="tenant/main.tf",
        old="  schema              = each.value.schema\n",
        fault="  schema              = each.value.schema\n  expiration_time     = 1893456000000\n",
        complaint="a table could be deleted",
    ),
    "a table has a column less": Fault(
        _TENANTS,
        path="tables.tf",
        old="for column in table.columns : merge",
        fault='for column in table.columns : column.name == "run_id" ? {} : merge',
        complaint="a table's schema differs from shared/schemas",
    ),
    "a stale file is passed over": Fault(
        _TENANTS,
        path="main.tf",
        old="length(local.problems) == 0",
        fault="length(local.problems) >= 0",
        complaint='run "a_stale_file_ends_the_plan"... fail',
    ),
    "what changed in a file is passed over": Fault(
        _TENANTS,
        path="folders.tf",
        old='"${filesha256("${var.configs_dir}/${path}")}  ${path}\\n"',
        fault='"${path}\\n"',
        complaint="two/Globex: is not as it was when",
    ),
    "no file is taken for one": Fault(
        _TENANTS,
        path="variables.tf",
        old=".format, 0) == 1",
        fault=".format, 1) == 1",
        complaint='run "no_file_ends_the_plan"... fail',
    ),
    "jobs send no content type": Fault(
        _SCHEDULES,
        path="main.tf",
        old='headers = { "Content-Type" = "application/json" }',
        fault="headers = {}",
        complaint="triggers would not read the body",
    ),
    "a call that fails is not made again": Fault(
        _SCHEDULES,
        path="main.tf",
        old="retry_count          = 5",
        fault="retry_count          = 0",
        complaint="a call that fails would be lost",
    ),
    "there are more jobs than allowed": Fault(
        _SCHEDULES,
        path="main.tf",
        old="length(var.schedules) > var.scheduler_jobs_limit",
        fault="length(var.schedules) > var.scheduler_jobs_limit + 1",
        complaint='run "above_the_limit_one_job_asks_every_minute"... fail',
    ),
}


@needs_terraform
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_fails_the_modules_tests(fault: Fault, tmp_path: Path) -> None:
    bench = build_workbench(tmp_path)
    # Read by one of the tests; without it they fail with or without a fault.
    shutil.copytree(ROOT / "configs", tmp_path / "configs", ignore=shutil.ignore_patterns("secrets"))
    bench.plant(f"{fault.module}/{fault.path}", fault.old, fault.fault)

    tested = bench.test(fault.module)

    said = " ".join(f"{tested.stdout}\n{tested.stderr}".split())
    assert tested.returncode == 1, said
    assert fault.complaint in said
