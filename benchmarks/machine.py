"""Where and when figures were taken: a figure without its machine says nothing."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_BUSY = 1.0
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Machine:
    """The machine, the moment and the commit."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    load: float
    commit: str
    taken_at: str

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        return (
            f"{self.taken_at}, commit {self.commit}: {self.cores} cores of {self.processor}, {self.memory_gb:.0f} GB, "
            f"{self.system}, Python {self.python}; load {self.load:.1f} at the start"
            f"{', so other work went on beside it' if self.load >= _BUSY else ''}."
        )


def this_machine() -> Machine:
    """The machine that this runs on, now."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=os.getloadavg()[0],
        commit=_commit(),
        taken_at=datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _processor() -> str:
    names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.M)
    return names[0] if names else platform.machine()


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
