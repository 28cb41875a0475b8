"""What may stand in a tenant's folder on disk: one problem each, and all other files are still checked."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.folder_configs import DiskFolder, disk_configs, reason_of
from shared.config.problem import ConfigError
from shared.config.tenant_folder import check_tenant
from shared.config.text import Unreadable
from tests.fakes.acme import CHAIN, FILES
from tests.unit.cli.command_line import command_line

CHAIN_FILE = "acme/pipelines/demo/cost/chain.yml"


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """The small tenant's files, on disk, with something wrong in one of them."""
    for path, text in FILES.items():
        file = tmp_path / "configs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "configs/acme/dq_rules/other.yml").write_text("rulez: []\n")
    return tmp_path / "configs"


NOT_A_PIPELINE = (
    "1:1: is not read; a pipeline is <provider>/<domain>/<name>.yml in lower-case letters, digits "
    "and underscores"
)
ALWAYS = {
    (
        "configs/acme/dq_rules/other.yml:1:1: rulez: 'rulez' is not a known key; "
        "use one of description, rules. Did you mean 'rules'?"
    ),
}


def problems_of(configs: Path) -> list[str]:
    """What is said besides the mistake that is always there."""
    found = {str(problem) for problem in check_tenant(DiskFolder(configs), "acme")}
    assert found >= ALWAYS
    return sorted(problem.removeprefix("configs/acme/") for problem in found - ALWAYS)


def link(to: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(to)


def text(contents: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(contents)

    return write


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("pipelines/demo/cost/old.yml", link("nowhere.yml"), "1:1: is a link to 'nowhere.yml', which is not there"),
        ("pipelines/demo/cost/old.yml", link("old.yml"), "1:1: is a link that leads back to itself"),
        ("pipelines/demo/cost/old.yml", Path.mkdir, "1:1: is a folder; a file is expected here"),
        ("pipelines/demo/cost/old.yml", os.mkfifo, "1:1: is not a regular file"),
        ("pipelines/demo/cost/old.yml", text(b""), "1:1: is empty; it must be a mapping (key: value)"),
        ("pipelines/demo/cost/old.yml", text(b"\xef\xbb\xbfsteps: []"),
         "1:1: begins with a byte-order mark; save it as UTF-8 without one"),
        ("sources/old.yml", link("nowhere.yml"), "1:1: is a link to 'nowhere.yml', which is not there"),
        ("sources/old.yml", Path.mkdir, "1:1: is a folder; a file is expected here"),
        ("sources/old.yml", text(b"type: files\npath: caf\xe9"),
         "2:10: is not UTF-8: the byte 0xE9 can't be read; save it as UTF-8"),
        ("dq_rules/old.yml", text(b"#" * 4_000_001), "1:1: is longer than 1,000,000 characters"),
        ("schemas/old.yml", Path.mkdir, "1:1: is a folder; a file is expected here"),
        ("schemas/old.yml", link("nowhere.yml"), "1:1: is a link to 'nowhere.yml', which is not there"),
        ("transforms/old.sql", link("nowhere.sql"), "1:1: is a link to 'nowhere.sql', which is not there"),
        ("transforms/old.sql", text(b"SELECT 1\n  AS \xff"),
         "2:6: is not UTF-8: the byte 0xFF can't be read; save it as UTF-8"),
        ("transforms/old.sql", text(b"\xff\xfeS\x00"), "1:1: is UTF-16; save it as UTF-8"),
        ("pipelines/daily.yml", text(b"steps: []"), NOT_A_PIPELINE),
        ("pipelines/demo/daily.yml", text(b"steps: []"), NOT_A_PIPELINE),
        ("pipelines/old", link("nowhere"), "1:1: is a link to 'nowhere', which is not there"),
        ("pipelines/demo/old", link("old"), "1:1: is a link that leads back to itself"),
    ],
)  # fmt: skip
def test_it_is_one_problem_with_its_place(
    configs: Path, name: str, make: Callable[[Path], object], expected: str
) -> None:
    path = configs / "acme" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)

    assert problems_of(configs) == [f"{name}:{expected}"]


@pytest.mark.parametrize("name", ["schemas", "sources"])
def test_a_file_where_a_folder_should_be_is_one_too(configs: Path, name: str) -> None:
    folder = configs / "acme" / name
    if folder.is_dir():
        folder.rename(folder.with_name("before"))
    folder.write_text("")

    assert f"{name}:1:1: is a file; a folder is expected here" in problems_of(configs)


def test_a_link_that_leads_to_a_file_is_read(configs: Path) -> None:
    (configs / "acme/pipelines/demo/cost/again.yml").symlink_to("chain.yml")

    assert problems_of(configs) == []


def test_a_tenant_file_that_cannot_be_read_is_told_beside_all_else(configs: Path) -> None:
    (configs / "acme/tenant.yml").write_bytes(b"display_name: Acm\xe9\n")

    assert problems_of(configs) == [
        "tenant.yml:1:18: is not UTF-8: the byte 0xE9 can't be read; save it as UTF-8"
    ]
    assert disk_configs(configs).tenant_ids() == ["acme", "umbrella"]
    with pytest.raises(ConfigError, match="is not UTF-8"):
        disk_configs(configs).load_tenant("acme")


def test_a_run_is_refused_with_the_same_problem_and_starts_once_it_is_mended(configs: Path) -> None:
    on_disk = disk_configs(configs)
    before = on_disk.load_recipe(CHAIN)
    rules = configs / "acme/dq_rules/quality.yml"
    rules.write_bytes(b"# caf\xe9\n" + rules.read_bytes())

    for _ in range(2):
        with pytest.raises(ConfigError) as caught:
            on_disk.load_recipe(CHAIN)
        assert str(caught.value) == (
            "configs/acme/dq_rules/quality.yml:1:6: is not UTF-8: the byte 0xE9 can't be read; save it as UTF-8"
        )
    rules.write_text(FILES["acme/dq_rules/quality.yml"])

    assert on_disk.load_recipe(CHAIN) == before


def test_a_schedule_in_a_file_that_cannot_be_read_starts_nothing_and_keeps_no_other_from_starting(
    configs: Path,
) -> None:
    chain, graph = (configs / f"acme/pipelines/demo/cost/{name}.yml" for name in ("chain", "graph"))
    schedule = "schedule: {cron: '0 6 * * *'}\n"
    graph.write_text(f"{schedule}{graph.read_text()}")
    chain.write_bytes(f"{schedule}{chain.read_text()}# ".encode() + b"\xff")

    assert [each.pipeline for each in disk_configs(configs).load_schedules()] == ["graph"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.EACCES, "can't be read: permission denied"),
        (errno.EIO, "can't be read: input/output error"),
        (errno.ESTALE, "can't be read: stale file handle"),
    ],
)
def test_a_file_that_may_not_be_read_says_why(tmp_path: Path, code: int, message: str) -> None:
    assert reason_of(OSError(code, os.strerror(code)), tmp_path / "x.yml") == Unreadable(message)


def test_validate_tells_of_a_tenants_folder_that_leads_nowhere(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    (line.configs_dir / "globex_002").symlink_to("../elsewhere")

    result = line.run("validate")

    assert result.stdout == (
        "configs/globex_002:1:1: error CV0002: is a link to '../elsewhere', which is not there\n"
        "     = docs/problems.md#cv0002\n1 problem in 3 tenants\n"
    )
    assert result.exit_code == 1
