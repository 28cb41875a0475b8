"""`python -m tests.contract.sources.databases.renamed COMMAND…`: run what doesn't run as root, by another name.

In a user namespace of its own we are called otherwise, and our files are still ours: also where nobody else can be
named, because we are in a namespace already.
"""

import ctypes
import os
import sys
from pathlib import Path

_NEW_USER_NAMESPACE = 0x10000000
_NAME = 1000
"""The number by which we go there; any but root's would do."""


def rename() -> None:
    """Give this process, which must have one thread, another name. Raises OSError where the system doesn't."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_USER_NAMESPACE) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_NAME} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_NAME} {group} 1")


if __name__ == "__main__":
    rename()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - nothing of it is a shell's
