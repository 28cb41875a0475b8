"""`convergence schema`, and how editors find what it writes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import convergence
from shared.config.json_schema import KINDS
from tests.stage import ROOT
from tests.unit.config.schema_files import kind_of

CONFIGS = ROOT / "configs"


def invoke(*arguments: str, configs_dir: Path = CONFIGS) -> Result:
    return CliRunner().invoke(convergence, ["schema", *arguments], env={"CONFIGS_DIR": str(configs_dir)})


def test_it_writes_a_schema_for_every_kind_of_file_into_the_folder_of_configurations(tmp_path: Path) -> None:
    result = invoke(configs_dir=tmp_path)

    assert result.output == f"Wrote {len(KINDS)} schemas to {tmp_path}/.schemas\n"
    assert sorted(path.stem for path in (tmp_path / ".schemas").iterdir()) == sorted(KINDS)


def test_it_writes_where_it_is_told(tmp_path: Path) -> None:
    assert invoke("--to", str(tmp_path / "a/b")).exit_code == 0
    assert json.loads((tmp_path / "a/b/tenant.json").read_text())["$schema"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_one_and_those_beside_the_examples_are_as_new(kind: str) -> None:
    kept = CONFIGS / ".schemas" / f"{kind}.json"

    assert kept.read_text() == invoke(kind).output, "write them anew: CONFIGS_DIR=configs convergence schema"


def test_a_kind_that_is_none_is_refused() -> None:
    assert invoke("pipelines").exit_code == 2


def test_every_example_names_its_schema() -> None:
    paths = [path.relative_to(CONFIGS).as_posix() for path in CONFIGS.rglob("*.yml")]
    first_lines = {path: (CONFIGS / path).read_text().partition("\n")[0] for path in paths}

    assert first_lines == {
        path: f"# yaml-language-server: $schema={'../' * path.count('/')}.schemas/{kind_of(path)}.json"
        for path in paths
    }


def test_the_page_on_editors_names_the_files_of_each_kind() -> None:
    page = (ROOT / "docs/editors.md").read_text()
    shown = json.loads(page.partition("```json\n")[2].partition("```")[0])

    assert shown["yaml.schemas"] == {
        f"./configs/.schemas/{kind}.json": f"configs/{file_kind.pattern}" for kind, file_kind in KINDS.items()
    }
    for kind, file_kind in KINDS.items():
        assert f"| `{kind}.json` | `configs/{file_kind.pattern}` |" in page
