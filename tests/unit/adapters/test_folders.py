"""Configurations and secrets in folders on disk."""

from pathlib import Path

import pytest

from shared.adapters.folder_configs import DiskFolder, disk_configs
from shared.adapters.folder_secrets import FolderSecrets
from shared.config.text import Unreadable
from shared.domain.errors import InvalidError, NotFoundError, StepError
from shared.ports import Configs
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryConfigs


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """The small tenant's files, on disk."""
    for path, text in FILES.items():
        file = tmp_path / "configs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "configs"


def test_files_on_disk_say_the_same_as_files_in_memory(configs: Path) -> None:
    on_disk, in_memory = disk_configs(configs), MemoryConfigs(FILES)

    assert on_disk.tenant_ids() == in_memory.tenant_ids()
    assert on_disk.load_tenant("acme") == in_memory.load_tenant("acme")
    assert on_disk.load_tables("acme") == in_memory.load_tables("acme")
    assert on_disk.load_recipe(CHAIN) == in_memory.load_recipe(CHAIN)


def test_an_edit_counts_from_the_next_load_on(configs: Path) -> None:
    on_disk = disk_configs(configs)
    assert on_disk.load_tenant("acme").display_name == "Acme"

    (configs / "acme/tenant.yml").write_text("display_name: Acme 2\n")

    assert on_disk.load_tenant("acme").display_name == "Acme 2"


def test_a_recipe_is_made_anew_once_anything_it_was_made_of_has_changed(configs: Path) -> None:
    on_disk = disk_configs(configs)

    for path, text in FILES.items():
        on_disk.load_recipe(CHAIN)
        for change in (f"{text}\n# edited\n", None, text):
            file = configs / path
            file.unlink() if change is None else file.write_text(change)
            assert said(on_disk) == said(disk_configs(configs)), f"{path}: {change}"


def said(configs: Configs) -> object:
    """The recipe, or what is said instead of one."""
    try:
        return configs.load_recipe(CHAIN)
    except (InvalidError, NotFoundError) as error:
        return str(error)


def test_a_recipe_of_which_nothing_has_changed_is_not_made_again(configs: Path) -> None:
    on_disk = disk_configs(configs)

    assert on_disk.load_recipe(CHAIN) is on_disk.load_recipe(CHAIN)


def test_what_is_not_there_has_no_text_and_no_names(configs: Path) -> None:
    folder = DiskFolder(configs)

    assert folder.read("acme/none.yml") is None
    assert folder.read("acme") == Unreadable("is a folder; a file is expected here", is_folder=True)
    assert folder.read("acme/tenant.yml/x.yml") is None
    assert folder.read("x" * 5000) is None
    assert folder.names("none") == []
    assert folder.names("acme/tenant.yml") == []


def test_problems_name_the_folder_as_people_call_it(configs: Path) -> None:
    (configs / "acme/tenant.yml").write_text("name: Acme\n")

    with pytest.raises(InvalidError, match=r"^configs/acme/tenant\.yml:1:1: "):
        disk_configs(configs).load_tenant("acme")


def test_a_secret_is_a_files_text_without_the_line_end(tmp_path: Path) -> None:
    (tmp_path / "acme/secrets").mkdir(parents=True)
    (tmp_path / "acme/secrets/api_key.txt").write_text("hunter2\n")

    assert FolderSecrets(tmp_path).load("acme", "api_key") == "hunter2"


def test_a_missing_secret_is_named_without_the_path_of_its_folder(tmp_path: Path) -> None:
    with pytest.raises(StepError) as caught:
        FolderSecrets(tmp_path).load("acme", "api_key")

    assert str(caught.value) == "Secret 'api_key' is needed: there is no readable secrets/api_key.txt"
