"""What Configs promise, wherever the files are: in a directory and in a bucket."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.adapters.folder_configs import disk_configs
from shared.domain.errors import InvalidError, NotFoundError
from shared.domain.pipeline import Address
from shared.ports import Configs
from shared.storage import build_configs
from tests.contract.storage.trees import put_files
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.configs import MemoryConfigs

Make = Callable[[Mapping[str, str]], Configs]

EXTENDED = {
    **FILES,
    "templates/pipelines/demo/cost/chain.yml": FILES["acme/pipelines/demo/cost/chain.yml"],
    "templates/sources/charges.yml": FILES["acme/sources/charges.yml"],
    "templates/dq_rules/quality.yml": FILES["acme/dq_rules/quality.yml"],
    "templates/transforms/daily.sql": FILES["acme/transforms/daily.sql"],
    "umbrella/pipelines/demo/cost/chain.yml": "extends: templates/demo/cost/chain\ntimeout: 2h\n",
    "umbrella/schemas/budgets.yml": "name: budgets\ncolumns: [{name: amount, type: NUMERIC}]\n",
    "umbrella/secrets/key.txt": "hunter2",
    "umbrella/files/a.csv": "a\n1\n",
    "README.md": "ours\n",
    "no_tenant/README.md": "nothing\n",
}


@pytest.fixture(params=["directory", "bucket"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def on_disk(files: Mapping[str, str]) -> Configs:
        for path, text in files.items():
            (tmp_path / "configs" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "configs" / path).write_text(text)
        return disk_configs(tmp_path / "configs")

    def in_bucket(files: Mapping[str, str]) -> Configs:
        put_files(request.getfixturevalue("stored"), files)
        return build_configs(request.getfixturevalue("settings"))

    return on_disk if request.param == "directory" else in_bucket


def test_what_is_read_is_what_the_files_say(make: Make) -> None:
    configs, expected = make(EXTENDED), MemoryConfigs(EXTENDED)
    template = Address(tenant_id="umbrella", provider="demo", domain="cost", pipeline="chain")

    assert configs.tenant_ids() == expected.tenant_ids() == ["acme", "umbrella"]
    assert configs.load_tenant("acme") == expected.load_tenant("acme")
    assert configs.load_tables("umbrella") == expected.load_tables("umbrella")
    for address in (CHAIN, GRAPH, template):
        assert configs.load_recipe(address) == expected.load_recipe(address)


@pytest.mark.parametrize(
    "tenant_id", ["nobody", "no_tenant", "templates", "metadata", "../acme", "", "acme/"]
)
def test_a_tenant_that_is_not_there_is_not_found(make: Make, tenant_id: str) -> None:
    configs = make(EXTENDED)

    with pytest.raises(NotFoundError, match=r"^Tenant not found$"):
        configs.load_tenant(tenant_id)


def test_a_pipeline_that_is_not_there_is_not_found(make: Make) -> None:
    configs = make(EXTENDED)

    with pytest.raises(NotFoundError, match=r"^Pipeline not found$"):
        configs.load_recipe(CHAIN.model_copy(update={"pipeline": "none"}))


def test_problems_name_file_line_and_column(make: Make) -> None:
    configs = make({**FILES, "acme/tenant.yml": "display_name: Acme\nlocation: [US]\n"})

    with pytest.raises(InvalidError, match=r"configs/acme/tenant\.yml:2:1: location: "):
        configs.load_tenant("acme")
