"""`convergence` and `bq` for the pages' shells without their starts, which take most of what a command takes.

A shell that has sourced forked.sh leaves each command in a folder, whose name it writes into a pipe, and reads the exit
status from another: what comes of the command is the same, and of how a program is found and started nothing is shown.
"""

import os
import shlex
from pathlib import Path
from threading import Thread

from tests.forked import run_bq, run_convergence

_FUNCTIONS = Path(__file__).with_name("forked.sh")
_RUN_BY_NAME = {"bq": run_bq, "convergence": run_convergence}


class Programs:
    """Carries out what shells hand over, one command after the other, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked = folder / "asked"
        os.mkfifo(self._asked)
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def functions(self) -> str:
        """What a shell types to have them."""
        return f"export HANDED_OVER={shlex.quote(str(self._folder))}; source {shlex.quote(str(_FUNCTIONS))}"

    def close(self) -> None:
        """End once everything that was handed over is done."""
        self._asked.write_text("\n")
        self._thread.join()

    def _serve(self) -> None:
        # Open for writing too: between two commands nobody else may have it open, which would be the end.
        with os.fdopen(os.open(self._asked, os.O_RDWR), buffering=1) as asked:
            for line in asked:
                if not line.strip():
                    return
                program, name = line.split()
                self._carry_out(program, self._folder / name)

    @staticmethod
    def _carry_out(program: str, folder: Path) -> None:
        arguments = (folder / "arguments").read_text().split("\0")[:-1]
        variables = (folder / "env").read_text().split("\0")[:-1]
        env = dict(each.split("=", 1) for each in variables)
        done = _RUN_BY_NAME[program](arguments, env=env, cwd=Path((folder / "cwd").read_text().rstrip("\n")))
        (folder / "stdout").write_text(done.stdout)
        (folder / "stderr").write_text(done.stderr)
        (folder / "ended").write_text(f"{done.returncode}\n")
