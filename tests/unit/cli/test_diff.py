"""`convergence diff`: what pipelines would do by the files as they are now, and what they would have done."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import convergence
from tests.unit.cli.mistake_cases import TENANT

PIPELINE = TENANT["acme/pipelines/cloud/cost/daily.yml"]
OWN = {name.removeprefix("acme/"): text for name, text in TENANT.items() if "/pipelines/" not in name}
EXTENDS = "extends: templates/cloud/cost/daily\n"
FILES = {
    **{f"{tenant}/{name}": text for tenant in ("acme", "globex") for name, text in OWN.items()},
    "acme/pipelines/cloud/cost/daily.yml": EXTENDS,
    "globex/pipelines/cloud/cost/daily.yml": EXTENDS,
    "globex/pipelines/cloud/cost/own.yml": PIPELINE,
    "templates/pipelines/cloud/cost/daily.yml": PIPELINE,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository whose last commit has the files, below a folder of its own."""
    root = tmp_path / "repository"
    write(root / "data/configs", FILES)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "All of it")
    return root


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *who, *arguments], cwd=folder, env=env, check=True, capture_output=True)


def edit(tree: Path, path: str, old: str, new: str) -> None:
    file = tree / "data/configs" / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def diff(tree: Path, *arguments: str, against: str = "HEAD", **env: str) -> Result:
    env = {"CONFIGS_DIR": str(tree / "data/configs"), **env}
    return CliRunner().invoke(convergence, ["diff", *arguments, "--against", against], env=env)


def test_what_does_the_same_is_only_counted(tree: Path) -> None:
    edit(tree, "templates/pipelines/cloud/cost/daily.yml", "description: Daily cost\n", "# Of every day\n")
    edit(
        tree,
        "acme/dq_rules/charges.yml",
        "{id: has_rows, type: row_count,",
        "{type: row_count, id: has_rows,",
    )
    write(tree / "data/configs", {"acme/transforms/unused.sql": "SELECT 1 AS one\n"})

    done = diff(tree)

    assert (done.exit_code, done.output) == (0, "No pipeline differs from HEAD; 3 unchanged\n")


def test_what_a_template_changes_is_told_once_with_all_pipelines_that_it_changes(tree: Path) -> None:
    edit(
        tree,
        "templates/pipelines/cloud/cost/daily.yml",
        "scope: pipeline",
        "scope: pipeline\n    on_failure: continue",
    )
    edit(tree, "globex/transforms/daily.sql", "AS NUMERIC) AS amount", "AS NUMERIC) * 2 AS amount")
    edit(tree, "globex/pipelines/cloud/cost/daily.yml", "\n", "\nschedule: {cron: 0 6 * * *}\n")

    done = diff(tree, "acme")
    both = diff(tree)

    assert done.exit_code == 1
    assert done.output == (
        "changed\n"
        "  acme/cloud/cost/daily\n"
        "@@ steps.check.on_failure @@\n"
        '-"stop"\n'
        '+"continue"\n'
        "\n"
        "1 pipeline of 1 tenant differs from HEAD: 1 changed; 0 unchanged\n"
    )
    assert both.exit_code == 1
    assert both.output.endswith("3 pipelines of 2 tenants differ from HEAD: 3 changed; 0 unchanged\n")
    assert "-  CAST(JSON_VALUE(data, '$.amount') AS NUMERIC) AS amount\n" in both.output
    assert "+  CAST(JSON_VALUE(data, '$.amount') AS NUMERIC) * 2 AS amount\n" in both.output
    assert '@@ schedule @@\n+{\n+  "cron": "0 6 * * *",\n+  "timezone": "Etc/UTC"\n+}\n' in both.output


def test_the_same_change_of_many_pipelines_is_told_once(tree: Path) -> None:
    edit(tree, "templates/pipelines/cloud/cost/daily.yml", "steps:", "timeout: 2h\nsteps:")

    done = diff(tree)

    assert done.output == (
        "changed\n  acme/cloud/cost/daily\n  globex/cloud/cost/daily\n@@ timeout_seconds @@\n-3600\n+7200\n\n"
        "2 pipelines of 2 tenants differ from HEAD: 2 changed; 1 unchanged\n"
    )


def test_what_comes_goes_or_breaks_is_told_and_what_stays_broken_is_not(tree: Path, tmp_path: Path) -> None:
    edit(tree, "globex/pipelines/cloud/cost/own.yml", "rules: charges", "rules: chages")
    write(tree / "data/configs", {"acme/pipelines/cloud/cost/more.yml": PIPELINE})
    (tree / "data/configs/acme/pipelines/cloud/cost/daily.yml").unlink()

    done = diff(tree)
    git(tree, "add", "--all")
    git(tree, "commit", "-q", "-m", "Broken")
    edit(tree, "globex/tenant.yml", "Acme", "Globex")
    still = diff(tree)
    edit(tree, "globex/pipelines/cloud/cost/own.yml", "rules: chages", "rules: charges")
    mended = diff(tree, "globex")

    problem = (
        "    pipelines/cloud/cost/own.yml:10:12: steps[1].rules: 'chages' is not a file of dq_rules/; use charges. "
        "Did you mean 'charges'?\n\n"
    )
    steps = "    ingest load\n    dq check\n    transform add_up\n\n"
    assert done.output == (
        f"removed\n  acme/cloud/cost/daily\n{steps}added\n  acme/cloud/cost/more\n{steps}"
        f"broken: no run is accepted any more\n  globex/cloud/cost/own\n{problem}"
        "3 pipelines of 2 tenants differ from HEAD: 1 added, 1 removed, 1 broken; 1 unchanged\n"
    )
    assert (still.exit_code, still.output) == (0, "No pipeline differs from HEAD; 3 unchanged\n")
    assert mended.output == (
        f"mended: no run was accepted before\n  globex/cloud/cost/own\n{problem}"
        "1 pipeline of 1 tenant differs from HEAD: 1 mended; 1 unchanged\n"
    )


def test_programs_are_told_everything(tree: Path) -> None:
    edit(tree, "acme/sources/charges.yml", "format: csv", "format: csv\ndelimiter: ;")

    done = diff(tree, "acme", "--json")

    assert json.loads(done.output) == {
        "against": "HEAD",
        "unchanged": 0,
        "pipelines": [
            {
                "pipeline": "acme/cloud/cost/daily",
                "outcome": "changed",
                "changes": [{"place": "steps.load.source.delimiter", "before": ",", "now": ";"}],
                "problems": [],
                "steps": [],
            }
        ],
    }


def test_a_folder_is_compared_with_and_what_a_revision_has_no_matter_where(
    tree: Path, tmp_path: Path
) -> None:
    write(tmp_path / "other", {name: text for name, text in FILES.items() if not name.startswith("globex")})
    link = tree / "data/configs/acme/sources/charges.yml"
    link.rename(link.with_name("real.yml"))
    link.symlink_to("real.yml")
    git(tree, "add", "--all")
    git(tree, "commit", "-q", "-m", "A link")

    assert "2 added; 1 unchanged" in diff(tree, against=str(tmp_path / "other")).output
    assert diff(tree, against="HEAD~1").exit_code == 0
    # What git doesn't follow can't be compared.
    assert "is a link, which is not followed in a revision" in diff(tree, against="main").output


@pytest.mark.parametrize(
    ("against", "said"),
    [
        (
            "mian",
            "There is no revision 'mian' and no such folder. `git branch --all` and `git tag` list revisions",
        ),
        ("--all", "'--all' is no revision, no folder and no gs:// address"),
        ("gs://", "'gs://' is not gs://bucket or gs://bucket/folder"),
        ("gs://bucket/configs", "GCP_PROJECT_ID is not set"),
    ],
)
def test_what_can_t_be_compared_with_is_an_error_of_its_own(tree: Path, against: str, said: str) -> None:
    done = diff(tree, against=against, GCP_PROJECT_ID="")

    assert done.exit_code == 2
    assert said in done.output


def test_a_tenant_that_neither_side_has_is_an_error(tree: Path) -> None:
    done = diff(tree, "gloebx")

    assert (done.exit_code, done.output) == (
        2,
        "Error: There is no tenant 'gloebx'. Did you mean 'globex'?\n",
    )


def test_a_shallow_clone_says_how_to_get_the_rest(tree: Path, tmp_path: Path) -> None:
    git(tree, "commit", "-q", "--allow-empty", "-m", "Another")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tree}", "clone")

    done = diff(tmp_path / "clone", against="HEAD~1")

    assert done.exit_code == 2
    assert "which is shallow. Fetch it: git fetch --unshallow, or fetch-depth: 0" in done.output


def test_a_folder_outside_a_repository_or_a_machine_without_git_has_no_revisions(tmp_path: Path) -> None:
    write(tmp_path / "data/configs", FILES)

    outside = diff(tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    without_git = diff(tmp_path, PATH="")

    assert (outside.exit_code, without_git.exit_code) == (2, 2)
    assert "is in no git repository, so it has no revisions" in outside.output
    assert "git is not installed, which reads revisions; name a folder" in without_git.output
