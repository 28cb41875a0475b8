"""The command line over a World in memory and the files of `acme` on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from click.testing import CliRunner, Result

from cli.installation import Installation
from cli.main import convergence
from shared.adapters.folder_configs import disk_configs
from shared.domain.egress import GLOBAL_ONLY
from shared.log import set_level
from tests.fakes.acme import FILES
from tests.fakes.world import MemoryWorld, Ports, memory_world

USER = "ada"


@dataclass
class CommandLine:
    """What a person has in front of them: commands, and what can be seen behind them."""

    world: MemoryWorld
    configs_dir: Path

    def run(self, *arguments: str) -> Result:
        installation = Installation(
            find_configs_dir=lambda: self.configs_dir,
            find_egress=lambda: GLOBAL_ONLY,
            find_secrets_dir=lambda: None,
            open_world=lambda: self.world,
            user=USER,
            wait=lambda: None,
        )
        set_level("ERROR")  # as the real installation's World does
        try:
            return CliRunner().invoke(convergence, arguments, obj=installation, prog_name="convergence")
        finally:
            set_level("INFO")


def command_line(folder: Path, *, files: Mapping[str, str] = FILES, **ports: Unpack[Ports]) -> CommandLine:
    """A command line; ports given as keywords take the place of the usual fakes."""
    configs_dir = folder / "configs"
    configs_dir.mkdir()
    for name, text in files.items():
        path = configs_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ports["configs"] = disk_configs(configs_dir)
    return CommandLine(memory_world(**ports), configs_dir)
