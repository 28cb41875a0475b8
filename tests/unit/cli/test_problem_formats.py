"""Problems in the forms that programs read, and what is kept out of the one for people."""

import json
from pathlib import Path

import pytest

from cli.problem_text import problem_text
from shared.config.kinds import COLUMN_TOO_MANY, UNKNOWN_KEY
from shared.config.problem import ConfigProblem
from tests.fakes.acme import FILES
from tests.unit.cli.command_line import command_line

WRONG = {**FILES, "acme/tenant.yml": "display_nam: 'A, 50%: B'\n"}
PLACE = "configs/acme/tenant.yml"


def test_json_has_every_part_of_a_problem(tmp_path: Path) -> None:
    result = command_line(tmp_path, files=WRONG).run("validate", "acme", "--format", "json")

    told = json.loads(result.stdout)
    assert (result.exit_code, told["errors"], told["warnings"]) == (1, 1, 0)
    assert {name: told["problems"][0][name] for name in ("code", "file", "line", "column", "suggestion")} == {
        "code": "CV0101",
        "file": PLACE,
        "line": 1,
        "column": 1,
        "suggestion": "display_name",
    }


def test_github_shows_each_beside_its_line(tmp_path: Path) -> None:
    result = command_line(tmp_path, files=WRONG).run("validate", "acme", "--format", "github")

    assert result.stdout.startswith(f"::error file={PLACE},line=1,col=1,endColumn=")
    assert (
        ",title=CV0101 An unknown key::display_nam: 'display_nam' is not a known key; use one of"
        in result.stdout
    )


def test_sarif_has_a_rule_for_each_code(tmp_path: Path) -> None:
    files = {**WRONG, "acme/sources/ä b.yml": "x: 1\n"}
    result = command_line(tmp_path, files=files).run("validate", "acme", "--format", "sarif")

    (run,) = json.loads(result.stdout)["runs"]
    assert "CV0101" in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["columnKind"] == "unicodeCodePoints"
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert {each["artifactLocation"]["uri"] for each in places} == {
        PLACE,
        "configs/acme/sources/%C3%A4%20b.yml",
    }
    assert {each["region"]["startLine"] for each in places} == {1}


def test_a_code_is_explained_and_an_unknown_one_answered_with_the_nearest(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    assert line.run("explain", "cv0314").stdout.startswith(
        f"CV0314: {COLUMN_TOO_MANY.title} (a warning: it refuses nothing)\n"
    )
    assert "Did you mean 'CV0" in line.run("explain", "CV9314").stderr
    assert "CV0101  An unknown key\n" in line.run("explain").stdout


@pytest.mark.parametrize(
    "line",
    [
        "  auth: {type: bearer, tokn: 0123456789abcdef0123456789}",
        "  auth: {type: http_basic, usernme: ada, password: hunter2}",
        '  password: "correct hunter2 horse"',
        '  auth: {"password": "a, hunter2", usernme: ada}',
        "  client_secret: ['hunter2 a']",
        '  password: {secret: "correct hunter2 horse"}',
        '  password: {secert: "correct hunter2 horse"}',
        '  headers: {Authorization: "Bearer hunter2 x"}',
        "  path: https://ada:hunter2@example.com/a.csv",
        "  path: https://example.com/a.csv?sig=hunter2&v=1",
    ],
)
def test_what_may_be_a_secret_is_not_shown_in_the_line(line: str) -> None:
    problem = ConfigProblem("configs/a.yml", 1, 10, "auth", "is wrong", kind=UNKNOWN_KEY, end_column=14)

    shown = problem_text(problem, read=lambda _: line)

    assert "hunter2" not in shown
    assert "0123456789abcdef" not in shown
    assert "·······" in shown


@pytest.mark.parametrize(
    "line", ["password: {secret: db_password}", "credentials: {user: ada, password: {secret: a, b: 1}}"]
)
def test_the_name_of_a_secret_is_shown(line: str) -> None:
    problem = ConfigProblem("configs/a.yml", 1, 1, "", "is wrong", kind=UNKNOWN_KEY)

    assert line in problem_text(problem, read=lambda _: line)


def test_a_secret_where_its_name_belongs_is_not_told(tmp_path: Path) -> None:
    source = "type: sql_database\ndialect: postgresql\nhost: h.example.com\nuser: u\ndatabase: d\ntable: t\n"
    files = {**FILES, "acme/sources/charges.yml": source + "password: {secret: 'Hunter2 horse'}\n"}

    line = command_line(tmp_path, files=files)
    for form in ("text", "json", "github", "sarif"):
        told = line.run("validate", "acme", "--format", form).stdout
        assert ("must be a secret's name" in told, "Hunter2" in told) == (True, False)


def test_the_end_of_a_line_that_is_gone_by_now_is_left_out() -> None:
    problem = ConfigProblem("configs/a.yml", 9, 1, "", "is wrong", kind=UNKNOWN_KEY)

    assert problem_text(problem, read=lambda _: "one\n").count("\n") == 1
    assert problem_text(problem, read=lambda _: None).count("\n") == 1
