"""What Terraform declares and what the code does are one and the same."""

import hashlib
import re
from pathlib import Path

import pytest

from local import subscriptions
from local.settings import Settings
from shared.config.standard_tables import METADATA_TABLES, METADATA_VIEWS, TENANT_TABLES
from shared.domain.ids import METADATA_DATASET
from shared.sql.statement import quoted, statement
from shared.steps.watch import READ_BUDGET
from shared.usecases.execute_step import LONGEST_WAIT
from shared.usecases.reconcile_runs import LOOK_AFTER_BUDGET
from shared.usecases.step_times import CALL_BUDGET
from tests.stage import ROOT
from tests.terraform.workbench import build_workbench, needs_terraform

MODULES = ROOT / "terraform" / "modules"
CODE = "\n".join(
    path.read_text() for folder in ("shared", "functions") for path in sorted((ROOT / folder).rglob("*.py"))
)


@needs_terraform
def test_views_are_those_that_init_creates(tmp_path: Path) -> None:
    workbench = build_workbench(tmp_path)
    queries = {
        name: statement(name, run_events=quoted("my-project", METADATA_DATASET, "run_events"))
        for name in METADATA_VIEWS
    }
    hashes = "".join(
        f'assert {{\n condition = sha256(google_bigquery_table.views["{name}"].view[0].query) == '
        f'"{hashlib.sha256(query.encode()).hexdigest()}"\n error_message = "{name} differs."\n}}\n'
        for name, query in queries.items()
    )

    (tmp_path / "terraform/modules/metadata/tests/agreement.tftest.hcl").write_text(
        'mock_provider "google" {}\nvariables {\n project = "my-project"\n}\n'
        f'run "agreement" {{\n command = plan\n{hashes}}}\n'
    )

    tested = workbench.test("terraform/modules/metadata", only="agreement")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_metadata_module_makes_the_same_tables_and_views() -> None:
    text = (MODULES / "metadata/main.tf").read_text()

    named = [re.findall(r'"(\w+)"', names) for names in re.findall(r"for name in \[(.*?)\]", text)]

    assert named == [list(METADATA_TABLES), list(METADATA_VIEWS)]


def test_the_tenants_module_makes_the_same_standard_tables() -> None:
    text = (MODULES / "tenants/tables.tf").read_text()

    named = re.search(r"standard_tables = \[(.+)\]", text)

    assert named is not None
    assert tuple(re.findall(r'"(\w+)"', named[1])) == TENANT_TABLES


def test_push_subscriptions_are_those_of_the_local_stand_in() -> None:
    text = (MODULES / "messaging/variables.tf").read_text()

    defaults = [int(number) for number in re.findall(r"default +=  ?(\d+)", text)]

    assert defaults == [subscriptions._ACK_DEADLINE_SECONDS, Settings.delivery_attempts]
    assert f"{int(CALL_BUDGET.total_seconds())} seconds" in text


def test_functions_may_take_longer_than_what_they_do() -> None:
    text = (ROOT / "terraform/functions.tf").read_text()

    seconds = {name: int(limit) for name, limit in re.findall(r"(\w+) += \{.*timeout_seconds = (\d+)", text)}

    assert (LONGEST_WAIT + CALL_BUDGET).total_seconds() < subscriptions._ACK_DEADLINE_SECONDS
    assert READ_BUDGET.total_seconds() < seconds["executor"]
    assert LOOK_AFTER_BUDGET.total_seconds() < seconds["reconciler"]


@pytest.mark.parametrize(
    "action", re.findall(r'jsonPayload\.action=\\"(\w+)', (MODULES / "alerting/metrics.tf").read_text())
)
def test_what_is_counted_is_logged(action: str) -> None:
    assert re.search(rf'log\w*\(\s*"{action}"', CODE)


def test_the_fields_that_are_compared_are_those_of_the_reconciler() -> None:
    text = (MODULES / "alerting/metrics.tf").read_text()

    fields = set(re.findall(r"jsonPayload\.(\w+)>0", text))

    declared = re.search(r"class Reconciled:.*?\n\n\n", CODE, re.S)
    assert declared is not None
    assert fields <= set(re.findall(r"^    (\w+): int", declared[0], re.M))


def test_every_module_says_what_it_takes_and_gives() -> None:
    missing = []
    for readme in sorted(MODULES.glob("*/README.md")):
        text = readme.read_text()
        for kind in ("variable", "output"):
            source = (readme.parent / f"{kind}s.tf").read_text()
            missing += [
                f"{readme.parent.name}: {kind} {name}"
                for name in re.findall(rf'^{kind} "(\w+)"', source, re.M)
                if f"| `{name}` |" not in text
            ]

    assert missing == []


def test_every_module_has_a_readme_and_a_test() -> None:
    modules = [module for module in sorted(MODULES.iterdir()) if (module / "main.tf").exists()]

    assert [
        m.name for m in modules if not (m / "README.md").exists() or not list(m.glob("tests/*.tftest.hcl"))
    ] == []


@pytest.mark.parametrize("readme", sorted(MODULES.glob("*/README.md")), ids=lambda path: path.parent.name)
def test_the_example_of_a_readme_is_the_one_that_its_test_runs(readme: Path) -> None:
    example = re.search(r"^```hcl\n(.*?)^```", readme.read_text(), re.M | re.S)
    test = next(readme.parent.glob(f"tests/{readme.parent.name}.tftest.hcl")).read_text()
    run = re.search(r'^run "example" \{\n(.*?)^\}', test, re.M | re.S)
    assert example is not None
    assert run is not None

    shown = set(re.findall(r"^  (\w+) +=", example[1], re.M)) - {"source"}

    given = set(
        re.findall(r"^  (\w+) +=", "".join(re.findall(r"^variables \{\n(.*?)^\}", test, re.M | re.S)), re.M)
    )
    given |= set(
        re.findall(
            r"^    (\w+) +=", "".join(re.findall(r"^  variables \{\n(.*?)^  \}", run[1], re.M | re.S)), re.M
        )
    )
    assert shown == given


@pytest.mark.parametrize(
    "path", sorted((ROOT / "terraform/environments").glob("*.tfvars")), ids=lambda path: path.stem
)
def test_an_environment_sets_only_what_there_is_to_set(path: Path) -> None:
    declared = re.findall(r'^variable "(\w+)"', (ROOT / "terraform/variables.tf").read_text(), re.M)

    unknown = set(re.findall(r"^(\w+) +=", path.read_text(), re.M)) - set(declared)

    assert unknown == set()
    assert path.with_name(f"{path.stem}.gcs.tfbackend").exists()
