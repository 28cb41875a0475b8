"""What `ps` and `top` show of a process that was forked without a program of its own."""

import ctypes
from collections.abc import Sequence
from pathlib import Path

ROOM = "-" * 600
"""An argument for a process that is to have other titles: they are written over its arguments."""
_STAT = Path("/proc/self/stat")
# Of the fields after the name: proc(5), arg_start and arg_end.
_FIRST, _LAST = 45, 46


def set_title(words: Sequence[str]) -> None:
    """Show these words as the command line, as far as there is room. Linux only; elsewhere nothing happens."""
    if not _STAT.exists():
        return
    fields = _STAT.read_text("utf-8", errors="replace").rpartition(")")[2].split()
    first, size = int(fields[_FIRST]), int(fields[_LAST]) - int(fields[_FIRST])
    if first and size > 0:
        # Ends in a zero: without one, Linux shows the environment as well.
        title = "\0".join(words).encode()[: size - 1]
        ctypes.memmove(first, title.ljust(size, b"\0"), size)
