"""What the processes of a tree cost: seconds of the processor and memory, from /proc.

Only the standard library, because the peers' environments use it as well.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_MODULE = re.compile(r"\blocal\.(?!tether)(\w+)")
_PARENT, _FIRST_TIME, _LAST_TIME = 1, 11, 15
"""Places after the name in /proc/PID/stat: ppid; utime, stime and those of children that were waited for."""


@dataclass(frozen=True)
class Process:
    """A process, by the part of the platform that it is; one that says nothing of it is a part of its parent."""

    pid: int
    name: str


def tree(root: int) -> list[Process]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        fields = _fields(int(folder.name)) if folder.name.isdigit() else None
        if fields is not None:
            children.setdefault(int(fields[_PARENT]), []).append(int(folder.name))
    found: list[Process] = []
    waiting = [(root, "")]
    while waiting:
        pid, inherited = waiting.pop()
        name = _name(pid) or inherited
        found.append(Process(pid, name))
        waiting.extend((child, name) for child in children.get(pid, []))
    return found


def cpu_seconds(root: int) -> dict[str, float]:
    """Seconds of the processor so far, by name; a child that ended counts for whoever waited for it."""
    seconds: dict[str, float] = {}
    for process in tree(root):
        fields = _fields(process.pid)
        if fields is not None:
            ticks = sum(int(field) for field in fields[_FIRST_TIME:_LAST_TIME])
            seconds[process.name] = seconds.get(process.name, 0) + ticks / _TICKS
    return seconds


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was added by name, the most first."""
    added = {name: seconds - before.get(name, 0) for name, seconds in after.items()}
    return dict(sorted(added.items(), key=lambda item: -item[1]))


def held_mb(root: int) -> dict[str, float]:
    """Proportional set size by name, in MB of 1,000,000 bytes: pages that several share are divided among them."""
    return _summed(root, "smaps_rollup", "Pss")


def peak_mb(root: int) -> dict[str, float]:
    """The most resident memory, by name, that each process held since `forget_peaks`, in MB."""
    return _summed(root, "status", "VmHWM")


def forget_peaks(root: int) -> None:
    """Let `peak_mb` begin anew."""
    for process in tree(root):
        # 5 resets the peak: proc(5), /proc/pid/clear_refs.
        (_PROC / str(process.pid) / "clear_refs").write_text("5", encoding="ascii")


def _summed(root: int, file: str, field: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for process in tree(root):
        text = _read(process.pid, file) or ""
        match = re.search(rf"^{field}:\s+(\d+) kB", text, re.M)
        if match is not None:
            found[process.name] = found.get(process.name, 0) + int(match[1]) * 1024 / 1e6
    return found


def _fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, which may hold anything; None for a process that is gone."""
    text = _read(pid, "stat")
    return text.rpartition(")")[2].split() if text else None


def _name(pid: int) -> str | None:
    match = _MODULE.search((_read(pid, "cmdline") or "").replace("\0", " "))
    return match[1] if match else None


def _read(pid: int, file: str) -> str | None:
    try:
        return (_PROC / str(pid) / file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
