"""The index of schedules: Terraform writes it, and the functions find in it what they would find in the folders."""

import json
from pathlib import Path

import pytest

from shared.adapters.folder_configs import DiskFolder
from shared.config.schedules import INDEX, load_schedules
from tests.fakes.configs import MemoryFolder
from tests.stage import ROOT
from tests.terraform.workbench import Workbench, build_workbench, needs_terraform

_FOLDERS = "terraform/modules/tenants/folders"
_CONFIGS = ("configs", "terraform/modules/tenants/tests/configs/two")


def index_of(configs: Path, bench: Workbench) -> str:
    """What Terraform makes of the schedules in the folder."""
    done = bench.run(
        _FOLDERS,
        "console",
        f"-var=configs_dir={configs}",
        f"-var=schemas_dir={bench.root / 'shared/schemas'}",
        asked="jsonencode(values(local.schedules))\n",
    )
    assert done.returncode == 0, done.stderr
    text: str = json.loads(done.stdout)
    return text


@needs_terraform
@pytest.mark.parametrize("configs", _CONFIGS)
def test_the_functions_find_in_the_index_what_is_in_the_folders(configs: str, tmp_path: Path) -> None:
    folder = ROOT / configs
    index = index_of(folder, build_workbench(tmp_path))

    indexed = load_schedules(MemoryFolder({INDEX: index}))

    assert indexed != ()
    assert set(indexed) == set(load_schedules(DiskFolder(folder)))
