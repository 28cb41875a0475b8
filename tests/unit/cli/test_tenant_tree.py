"""The folder tree of a tenant."""

from pathlib import Path

from cli.tenant_tree import make_tenant_tree
from shared.adapters.folder_configs import disk_configs
from shared.domain.tenant import Tenant

_TENANT = Tenant(display_name='Acme: "A" \\ é', location="EU")


def test_a_new_tenant_gets_the_whole_tree(tmp_path: Path) -> None:
    folder = tmp_path / "configs" / "acme"

    made = list(make_tenant_tree(folder, _TENANT))

    assert {each.outcome for each in made} == {"created"}
    assert sorted(path.name for path in folder.iterdir()) == [
        "dq_rules",
        "pipelines",
        "schemas",
        "secrets",
        "sources",
        "tenant.yml",
        "transforms",
    ]


def test_the_tenant_file_reads_back_whatever_the_name_contains(tmp_path: Path) -> None:
    list(make_tenant_tree(tmp_path / "acme", _TENANT))

    assert disk_configs(tmp_path).load_tenant("acme") == _TENANT


def test_empty_folders_survive_in_git(tmp_path: Path) -> None:
    list(make_tenant_tree(tmp_path / "acme", _TENANT))

    kept = {path.parent.name for path in tmp_path.rglob(".gitkeep")}
    assert kept == {"pipelines", "sources", "dq_rules", "schemas", "transforms", "secrets"}


def test_a_folder_with_files_gets_no_placeholder(tmp_path: Path) -> None:
    sources = tmp_path / "acme" / "sources"
    sources.mkdir(parents=True)
    (sources / "charges.yml").write_text("type: files\n")

    list(make_tenant_tree(tmp_path / "acme", _TENANT))

    assert [path.name for path in sources.iterdir()] == ["charges.yml"]


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    secrets = tmp_path / "acme" / "secrets"

    list(make_tenant_tree(tmp_path / "acme", _TENANT))

    assert (secrets.stat().st_mode & 0o777, (secrets / ".gitkeep").stat().st_mode & 0o777) == (0o700, 0o600)


def test_secrets_that_others_could_read_are_made_private(tmp_path: Path) -> None:
    secrets = tmp_path / "acme" / "secrets"
    secrets.mkdir(parents=True, mode=0o755)
    key = secrets / "openai_api_key.txt"
    key.write_text("secret")
    key.chmod(0o644)

    made = list(make_tenant_tree(tmp_path / "acme", _TENANT))

    private = [each.path for each in made if each.outcome == "made private"]
    assert private == [secrets, key]
    assert (key.stat().st_mode & 0o777, key.read_text()) == (0o600, "secret")


def test_nothing_is_overwritten_or_changed_the_second_time(tmp_path: Path) -> None:
    list(make_tenant_tree(tmp_path / "acme", _TENANT))
    before = _contents(tmp_path)

    made = list(make_tenant_tree(tmp_path / "acme", Tenant(display_name="Another")))

    assert {each.outcome for each in made} == {"already there"}
    assert _contents(tmp_path) == before


def _contents(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    return {
        str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
    }
