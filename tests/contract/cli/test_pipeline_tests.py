"""`convergence test`: tests of pipelines on the stand-in, in this process."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from cli.main import convergence
from shared.log import set_level
from tests.stage import ROOT
from tests.unit.cli.mistake_cases import TENANT

TESTS = """\
pipeline: cloud/cost/daily
at: 2025-11-03T06:00:00Z
tests:
  - name: amounts_are_taken
    transform: daily
    given:
      raw_data:
        - data: {day: 2025-11-01, amount: "12.50"}
        - {pipeline_id: other, data: {day: 2025-11-01, amount: 1}}
        - data: {day: 2025-11-02, amount: null}
      daily:
        - {day: 2024-01-01, amount: 1}
        - {day: 2024-01-01, amount: 2.000000001, pipeline_id: other}
    expect:
      rows:
        - {day: 2025-11-02}
        - {day: 2025-11-01, amount: 12.5}
        - {day: 2024-01-01, amount: 2.000000001}
  - name: amounts_are_wrong
    step: add_up
    given:
      raw_data:
        - data: {day: 2025-11-01, amount: 3}
        - data: {day: 2025-11-02, amount: 4}
        - data: {day: 2025-12-24}
    expect:
      rows:
        - {day: 2025-11-01, amount: 3}
        - {day: 2025-11-02, amount: 5}
        - {day: 2025-11-03, amount: 6}
  - name: a_day_that_is_none_fails
    step: add_up
    given: {raw_data: [{data: {day: soon}}]}
    expect: {error: Invalid timestamp}
  - name: an_error_is_missed
    step: add_up
    expect: {error: something}
  - name: an_error_is_another
    step: add_up
    given: {raw_data: [{data: {day: soon}}]}
    expect: {error: something}
  - name: rules_hold
    rules: charges
    given: {raw_data: [{data: {amount: 1}}, {pipeline_id: other, data: {}}]}
    expect: {rules: {}}
  - name: rules_are_broken
    rules: charges
    given: {raw_data: [{data: {amount: 1}}, {data: {}}]}
    expect: {rules: {has_rows: failed, amount_is_there: 2}}
"""
FAILURES = """\
FAILED  acme amounts_are_wrong (configs/acme/tests/daily.yml:19)
  step add_up of cloud/cost/daily: rows of daily: 1 as expected, 1 with another value, 1 missing, 1 unexpected
              day         amount
  differs     2025-11-02  expected 5, is 4
  missing     2025-11-03  6
  unexpected  2025-12-24  NULL

FAILED  acme an_error_is_missed (configs/acme/tests/daily.yml:35)
  step add_up of cloud/cost/daily: the step succeeds, where an error with 'something' was expected

FAILED  acme an_error_is_another (configs/acme/tests/daily.yml:38)
  step add_up of cloud/cost/daily: the step fails with another error than 'something': transforms/daily.sql: \
Invalid timestamp: (value not shown)

FAILED  acme rules_are_broken (configs/acme/tests/daily.yml:46)
  step check of cloud/cost/daily: 2 rules came out otherwise
  has_rows: expected failed, is passed: there are 2 rows
  amount_is_there: expected 2 failing rows, is failed: 1 of 2 rows have no value

"""


@pytest.fixture(scope="module")
def configs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tests") / "configs"
    for name, text in {**TENANT, "acme/tests/daily.yml": TESTS}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    """The command writes no log lines; what comes after it in this process does."""
    yield
    set_level("INFO")


def invoke(configs: Path, *arguments: str) -> Result:
    return CliRunner().invoke(convergence, ["test", *arguments], env={"CONFIGS_DIR": str(configs)})


def test_the_examples_pass() -> None:
    result = invoke(ROOT / "configs")

    assert result.exit_code == 0, result.output
    assert ", 0 failed in " in result.output


def test_what_is_not_as_expected_is_told(configs: Path, tmp_path: Path) -> None:
    result = invoke(configs, "acme/cloud", "--junit", str(tmp_path / "tests.xml"))

    assert result.exit_code == 1
    assert result.output.startswith(FAILURES + "3 passed, 4 failed in ")
    suite = ElementTree.parse(tmp_path / "tests.xml").getroot()[0]  # noqa: S314 - ours
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == (
        "configs/acme/tests/daily.yml",
        "7",
        "4",
    )
    [text] = [each.findtext("failure") or "" for each in suite if each.get("name") == "amounts_are_wrong"]
    assert "differs     2025-11-02  expected 5, is 4" in text


def test_it_is_told_to_programs(configs: Path) -> None:
    result = invoke(configs, "--json", "-k", "amounts")

    told = json.loads(result.stdout)
    assert (result.exit_code, told["passed"], told["failed"]) == (1, 1, 1)
    assert [(each["name"], each["outcome"]) for each in told["tests"]] == [
        ("amounts_are_taken", "passed"),
        ("amounts_are_wrong", "failed"),
    ]
    assert told["tests"][1]["failure"].startswith("rows of daily: 1 as expected")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["acme/cloud/cost/dail"], "None of 7 tests is meant by that"),
        (["-k", "nothing"], "None of 7 tests is meant by that"),
        (["acne"], "There is no tenant 'acne'. Did you mean 'acme'?"),
        (
            ["--junit", "/nowhere/tests.xml", "-k", "rules_hold"],
            "'/nowhere/tests.xml': No such file or directory",
        ),
    ],
)
def test_what_is_not_there_is_told(configs: Path, arguments: list[str], told: str) -> None:
    result = invoke(configs, *arguments)

    assert result.exit_code != 0
    assert told in result.output


def test_nothing_is_carried_out_while_files_are_wrong(configs: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "configs" / "acme"
    (wrong / "tests").mkdir(parents=True)
    (wrong / "tenant.yml").write_text("display_name: Acme\n")
    (wrong / "tests/daily.yml").write_text(TESTS)

    result = invoke(tmp_path / "configs")

    assert result.exit_code == 2
    assert "configs/acme/tests/daily.yml:1:11: error CV0201" in result.output
    assert "passed" not in result.output
