"""`convergence tenant`."""

from pathlib import Path

import pytest

from tests.unit.cli.command_line import command_line


def test_adding_a_tenant_makes_its_folder_its_dataset_and_its_tables(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("tenant", "add", "globex_002", "--name", "Globex", "--location", "EU")

    assert result.exit_code == 0, result.output
    assert (line.configs_dir / "globex_002" / "tenant.yml").is_file()
    assert set(line.world.tables.tables["globex_002"]) == {"raw_data", "transformed_data", "metrics"}
    assert line.world.tables.locations["globex_002"] == "EU"
    assert "created        dataset globex_002\n" in result.stdout


def test_adding_a_tenant_says_what_terraform_needs_if_it_reads_here(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    without = line.run("tenant", "add", "globex_002")
    line.run("validate", "--write")

    result = line.run("tenant", "add", "initech_003")

    assert "Terraform" not in without.stdout
    assert result.stdout.splitlines()[-1] == (
        f"For Terraform, write {line.configs_dir}/tenants.json anew once its files are right: "
        "convergence validate --write"
    )
    assert line.run("validate", "--check").exit_code == 1


def test_adding_it_again_says_that_everything_is_there(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    line.run("tenant", "add", "globex_002")

    result = line.run("tenant", "add", "globex_002")

    assert result.exit_code == 0
    assert "created" not in result.stdout
    assert "already there  dataset globex_002\n" in result.stdout


def test_a_name_for_a_tenant_that_is_there_is_not_silently_dropped(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("tenant", "add", "acme", "--name", "Another")

    assert "tenant.yml stays as it is" in result.stderr
    assert line.world.configs.load_tenant("acme").display_name == "Acme"


@pytest.mark.parametrize("tenant_id", ["ab", "acme-corp", "../acme", "metadata", "templates"])
def test_a_tenant_id_that_is_none_is_refused_before_anything_is_made(tmp_path: Path, tenant_id: str) -> None:
    line = command_line(tmp_path, files={})

    result = line.run("tenant", "add", tenant_id)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: '{tenant_id}' can't be a tenant's id: 3 to 50 letters")
    assert list(line.configs_dir.iterdir()) == []


def test_a_name_and_a_location_that_are_wrong_are_both_told(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("tenant", "add", "globex_002", "--name", "", "--location", "a b")

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Error: The tenant can't be added:",
        "  --name: must have 1 to 200 characters",
        "  --location: must be a place such as US, EU or europe-west1",
    ]


def test_a_tenant_file_that_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    line = command_line(tmp_path, files={"globex_002/tenant.yml": "display_name: Globex\nlocaton: EU\n"})

    result = line.run("tenant", "add", "globex_002")

    assert result.exit_code == 1
    assert "configs/globex_002/tenant.yml:2:1: " in result.stderr
    assert "Did you mean 'location'?" in result.stderr
    assert line.world.tables.dataset_location("globex_002") is None


def test_the_list_shows_pipelines_and_datasets(tmp_path: Path) -> None:
    line = command_line(
        tmp_path,
        files={
            "acme/tenant.yml": "display_name: Acme [bold]\n",
            "acme/pipelines/gcp/cost/export.yml": "",
            "globex/tenant.yml": "display_name: Globex\nlocation: EU\n",
            "wrong/tenant.yml": "nothing: right\n",
        },
    )

    result = line.run("tenant", "list")

    rows = [row.split() for row in result.stdout.splitlines() if row.strip()]
    assert rows[2:4] == [["acme", "Acme", "[bold]", "US", "1", "yes"], ["globex", "Globex", "EU", "0", "no"]]
    assert "convergence validate wrong" in result.stdout


def test_the_list_of_no_tenants_says_how_to_add_one(tmp_path: Path) -> None:
    result = command_line(tmp_path, files={}).run("tenant", "list")

    assert "convergence tenant add" in result.stdout
