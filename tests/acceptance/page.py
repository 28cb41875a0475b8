"""A page of the documentation: its blocks, and a shell that executes them as a reader would."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.patience import await_midnight_gone

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"[A-Za-z][a-z_]{2,}")
# Where a reader keeps things is another place than in a test.
_OWN_PATH = re.compile(r"/home/you/\S*/|configs/")
_ANSWERS = ("json", "text")
_END = "-- end of block --"


@dataclass(frozen=True)
class Block:
    """A fenced block; `answer` is the block that shows what a command prints, where the page has one."""

    line: int
    language: str
    text: str
    answer: "Block | None" = None

    def calls(self, program: str) -> bool:
        """Whether the block runs the program."""
        return re.search(rf"(^|[|(;&{{]\s*|\s\s|until ){program} ", self.text, re.MULTILINE) is not None


def blocks(text: str) -> list[Block]:
    """Every fenced block of a page."""
    found: list[Block] = []
    for match in reversed(list(_FENCE.finditer(text))):
        follows = found[-1] if found and found[-1].language in _ANSWERS else None
        line = text.count("\n", 0, match.start()) + 2
        found.append(Block(line, match[1], match[2], follows if match[1] == "bash" else None))
    return found[::-1]


def commands(text: str) -> list[Block]:
    """The blocks that a reader types."""
    return [block for block in blocks(text) if block.language == "bash"]


def differences(shown: Any, real: Any, where: str = "$") -> list[str]:
    """How the shape of a real answer differs from the one that a page shows: keys, and kinds of values."""
    if isinstance(shown, dict) and isinstance(real, dict):
        if shown.keys() != real.keys():
            return [f"{where}: shown {sorted(shown)}, real {sorted(real)}"]
        return [each for key in shown for each in differences(shown[key], real[key], f"{where}.{key}")]
    if isinstance(shown, list) and isinstance(real, list):
        return differences(shown[0], real[0], f"{where}[0]") if shown and real else []
    kinds = {type(shown), type(real)} - {type(None)}
    return [f"{where}: shown {shown!r}, real {real!r}"] if len(kinds) > 1 else []


def disagreements(answer: Block, printed: str) -> list[str]:
    """What a page shows of a command's answer and the command did not print."""
    if answer.language == "json":
        begin = re.search(r"^[{\[]", printed, re.MULTILINE)
        assert begin is not None, f"no JSON in: {printed}"
        real, _ = json.JSONDecoder().raw_decode(printed[begin.start() :])
        return differences(json.loads(answer.text), real)
    return [
        word for word in dict.fromkeys(_WORD.findall(_OWN_PATH.sub("", answer.text))) if word not in printed
    ]


@dataclass
class Shell:
    """One bash session of a page. It ends at the first command that fails, as a careful reader would.

    `begins_with` is typed before the first block.
    """

    folder: Path
    env: Mapping[str, str]
    cwd: Path
    begins_with: str = ":"
    done: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._errors = self.folder / "stderr"
        with self._errors.open("w") as errors:
            self._bash = subprocess.Popen(
                ["bash", "--noprofile", "--norc"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **self.env},
                cwd=self.cwd,
                text=True,
            )
        self._type(self.begins_with)
        self._type("set -euo pipefail")

    def execute(self, block: Block) -> str:
        """What the block prints, whenever it was first executed; fails with what it said on standard error."""
        if block.line not in self.done:
            self.done[block.line] = self._execute(block)
        return self.done[block.line]

    def close(self) -> None:
        """End the session."""
        self._bash.kill()
        self._bash.communicate()

    def _execute(self, block: Block) -> str:
        await_midnight_gone()
        file = self.folder / f"line_{block.line}.sh"
        file.write_text(block.text)
        self._type(f"source {file} < /dev/null; printf '\\n%s\\n' '{_END}'")
        assert self._bash.stdout is not None
        printed: list[str] = []
        for line in self._bash.stdout:
            if line.rstrip("\n") == _END:
                return "".join(printed)
            printed.append(line)
        raise AssertionError("".join(printed) + self._errors.read_text())

    def _type(self, line: str) -> None:
        assert self._bash.stdin is not None
        assert self._bash.poll() is None, "an earlier command of this page failed"
        self._bash.stdin.write(line + "\n")
        self._bash.stdin.flush()
