"""Faults planted in the Terraform files one at a time: `terraform test` has to notice each."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.terraform.workbench import build_workbench, needs_terraform


@dataclass(frozen=True)
class Fault:
    """`old` becomes `fault` in a file, and the tests of a folder have to fail, saying `complaint`."""

    path: str
    old: str
    fault: str
    tests: str
    complaint: str
    only: str | None = None


_MODULES = "terraform/modules"
_METADATA = f"{_MODULES}/metadata"
_MESSAGING = f"{_MODULES}/messaging"

FAULTS = {
    "everybody may call the executor": Fault(
        path="terraform/grants.tf",
        old="executor   = { push = module.messaging.push_member }",
        fault='executor   = { push = module.messaging.push_member, everybody = "allUsers" }',
        tests="terraform",
        complaint="allUsers roles/run.invoker on service convergence-executor",
        only="grants",
    ),
    "log lines are written as an account that other projects share": Fault(
        path=f"{_MODULES}/log_sink/main.tf",
        old="unique_writer_identity = true",
        fault="unique_writer_identity = false",
        tests=f"{_MODULES}/log_sink",
        complaint="Log lines go elsewhere",
    ),
    "the executor reads keys": Fault(
        path="terraform/grants.tf",
        old='"runs events"       =',
        fault=(
            '"executor keys" = { table = "api_keys", role = "roles/bigquery.dataViewer", '
            'member = module.executor.member }\n    "runs events"       ='
        ),
        tests="terraform",
        complaint="roles/bigquery.dataViewer on table metadata.api_keys",
        only="grants",
    ),
    "runs reads tenants' files": Fault(
        path="terraform/grants.tf",
        old="executor = module.executor.member\n",
        fault="executor = module.executor.member\n    runs     = module.runs.member\n",
        tests="terraform",
        complaint="convergence-runs@my-project.iam.gserviceaccount.com",
        only="grants",
    ),
    "health is editor of the project": Fault(
        path="terraform/functions.tf",
        old="  invokers              = local.invokers.health\n",
        fault='  invokers              = local.invokers.health\n  project_roles         = ["roles/editor"]\n',
        tests="terraform",
        complaint="must not be owner, editor or viewer",
        only="grants",
    ),
    "triggers expects tokens for another address": Fault(
        path="terraform/main.tf",
        old='"https://convergence-triggers-',
        fault='"https://triggers-',
        tests="terraform",
        complaint="triggers answers somewhere else",
        only="platform",
    ),
    "a call of the executor is ended while it reads": Fault(
        path="terraform/functions.tf",
        old="timeout_seconds = 3600",
        fault="timeout_seconds = 590",
        tests="terraform",
        complaint="reads a source for 3,500 s",
        only="platform",
    ),
    "the executor has more instances than a new project's quota": Fault(
        path="terraform/functions.tf",
        old="timeout_seconds = 3600, min_instances = 0, max_instances = 10",
        fault="timeout_seconds = 3600, min_instances = 0, max_instances = 50",
        tests="terraform",
        complaint="regional_quota has 20 vCPUs and 40 GiB",
        only="platform",
    ),
    "old images are kept for ever": Fault(
        path=f"{_MODULES}/builder/main.tf",
        old='action = "DELETE"',
        fault='action = "KEEP"',
        tests=f"{_MODULES}/builder",
        complaint="Images are cleaned up otherwise",
    ),
    "a private function is open because Cloud Run does not ask": Fault(
        path="terraform/functions.tf",
        old="  invokers              = local.invokers.reconciler\n",
        fault="  invokers              = {}\n  invoker_check         = local.invoker_check\n",
        tests="terraform",
        complaint="Everybody may call something else",
        only="grants",
    ),
    "a chart is of a count that nobody makes": Fault(
        path=f"{_MODULES}/alerting/dashboard.tf",
        old="/retried_steps",
        fault="/repeated_steps",
        tests=f"{_MODULES}/alerting",
        complaint="A chart is of a metric that there is not",
    ),
    "facts are deleted unless somebody objects": Fault(
        path=f"{_METADATA}/variables.tf",
        old="default     = null",
        fault="default     = 60",
        tests=_METADATA,
        complaint="Facts are deleted, and nobody said so",
    ),
    "the acknowledgement deadline is the shortest": Fault(
        path=f"{_MESSAGING}/variables.tf",
        old="default     = 600",
        fault="default     = 10",
        tests=_MESSAGING,
        complaint="A call of the executor takes 500 seconds",
    ),
    "a subscription expires": Fault(
        path=f"{_MESSAGING}/main.tf",
        old="  # Never: by default a subscription that nothing came through for 31 days is deleted.\n"
        '  expiration_policy {\n    ttl = ""',
        fault='  expiration_policy {\n    ttl = "2678400s"',
        tests=_MESSAGING,
        complaint="never expiring",
    ),
    "Pub/Sub may not take dead letters away": Fault(
        path=f"{_MESSAGING}/main.tf",
        old="roles/pubsub.subscriber",
        fault="roles/pubsub.viewer",
        tests=_MESSAGING,
        complaint="Other grants were made",
    ),
    "tables may be deleted": Fault(
        path=f"{_METADATA}/main.tf",
        old="deletion_protection = true",
        fault="deletion_protection = false",
        tests=_METADATA,
        complaint="A table can be deleted",
    ),
    "the dataset takes its tables along": Fault(
        path=f"{_METADATA}/main.tf",
        old="delete_contents_on_destroy = false",
        fault="delete_contents_on_destroy = true",
        tests=_METADATA,
        complaint="The dataset's tables can go with it",
    ),
    "views are not said to be GoogleSQL": Fault(
        path=f"{_METADATA}/main.tf",
        old="    use_legacy_sql = false\n",
        fault="",
        tests=_METADATA,
        complaint="not said to be GoogleSQL",
    ),
    "a view keeps its placeholders": Fault(
        path=f"{_METADATA}/main.tf",
        old='      "$$", "$"\n',
        fault='      "$$", "$$"\n',
        tests=_METADATA,
        complaint="A placeholder is left in a view",
    ),
    "a column is renamed": Fault(
        path="shared/schemas/run_events.json",
        old='"name": "step_number"',
        fault='"name": "step_no"',
        tests=_METADATA,
        complaint="run_events has other columns",
    ),
    "the module has a schema of its own": Fault(
        path=f"{_METADATA}/main.tf",
        old="jsonencode(each.value.columns)",
        fault='jsonencode(concat(each.value.columns, [{ name = "extra", type = "STRING", mode = "NULLABLE" }]))',
        tests=_METADATA,
        complaint="A table differs from shared/schemas",
    ),
    "a changed archive has the same name": Fault(
        path=f"{_MODULES}/source/main.tf",
        old="bundle-${filesha256(var.bundle)}.zip",
        fault="bundle.zip",
        tests=f"{_MODULES}/source",
        complaint="The archive's hash has to be in its name",
    ),
    "the configuration is open to the world": Fault(
        path=f"{_MODULES}/configuration/main.tf",
        old='public_access_prevention    = "enforced"',
        fault='public_access_prevention    = "inherited"',
        tests=f"{_MODULES}/configuration",
        complaint="must not be open to anybody",
    ),
    "the reconciler is called with a token for somebody else": Fault(
        path=f"{_MODULES}/clock/main.tf",
        old="audience              = var.reconciler_uri",
        fault='audience              = "https://example.com"',
        tests=f"{_MODULES}/clock",
        complaint="called with a token",
    ),
}


@needs_terraform
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_noticed(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    workbench = build_workbench(tmp_path)

    workbench.plant(fault.path, fault.old, fault.fault)

    tested = workbench.test(fault.tests, only=fault.only)
    said = " ".join((tested.stdout + tested.stderr).split())
    assert tested.returncode == 1, said
    assert fault.complaint in said
