"""`python -m tests.offline COMMAND…`: run a command where nothing can be reached but this machine itself.

It gets a network of its own that has a loopback interface and nothing else, and a name server that knows no name and
notes every one that is asked for. The exit status is the command's, or 1 where a name was asked for. Where the system
makes no such network, which takes Linux with user namespaces, the command runs without, and a line says so.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

_NEW_NAMESPACES = 0x10000000 | 0x40000000 | 0x00020000  # CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWNS
_BIND, _PRIVATE_BELOW = 4096, 16384 | (1 << 18)  # MS_BIND, MS_REC | MS_PRIVATE
_SET_FLAGS, _IS_UP = 0x8914, 1  # SIOCSIFFLAGS, IFF_UP
# Ways to a name server beside the network: with systemd-resolved, and with nscd.
_RESOLVERS = ("/run/systemd/resolve", "/run/nscd", "/var/run/nscd")
_TO_NOWHERE = ("example", "test", "invalid", "localhost")
"""Names that lead to nobody, and are there for that (RFC 6761)."""
_HEADER = 12
_ROOT = Path(__file__).resolve().parents[1]
WHY_NOT = "This machine makes no network without a way out, which takes Linux with user namespaces"
_NO_SUCH_NAME = 0x8183


def can_enter() -> bool:
    """Whether `enter` would do; tried by another process, because half of the way there is no way back."""
    command = [sys.executable, "-c", "from tests.offline import enter; enter()"]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, check=False).returncode == 0


def enter() -> None:
    """Move this process, which must have one thread, into a network of its own. Raises OSError where it can't."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    _require(libc.unshare(_NEW_NAMESPACES))
    # Whoever we are outside, we are inside too.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _IS_UP))
    _require(libc.mount(b"none", b"/", None, _PRIVATE_BELOW, None))
    # Without one in the file, the name server is the one on 127.0.0.1.
    resolver = os.path.realpath("/etc/resolv.conf").encode()
    _require(libc.mount(b"/dev/null", resolver, None, _BIND, None))
    for folder in filter(os.path.isdir, _RESOLVERS):
        _require(libc.mount(b"none", folder.encode(), b"tmpfs", 0, None))


def _require(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class NameServer:
    """Knows no name; `asked` are those that somebody wanted to know, but for names that are there to lead nowhere."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(4096)
            name = _name_in(question)
            if name.rpartition(".")[2] not in _TO_NOWHERE:
                self.asked.append(name)
            self._socket.sendto(_no_such_name(question), asker)


def _name_in(question: bytes) -> str:
    """The name that is asked for (RFC 1035, section 4.1.2)."""
    labels, at = [], _HEADER
    while size := question[at]:
        labels.append(question[at + 1 : at + 1 + size].decode("ascii", "replace"))
        at += 1 + size
    return ".".join(labels).lower()


def _no_such_name(question: bytes) -> bytes:
    end = question.index(0, _HEADER) + 5
    return question[:2] + struct.pack(">5H", _NO_SUCH_NAME, 1, 0, 0, 0) + question[_HEADER:end]


def run(command: Sequence[str]) -> int:
    """The exit status of the command, which got a network of its own where there can be one."""
    asked: list[str] = []
    if can_enter():
        enter()
        asked = NameServer().asked
    else:
        print(f"{WHY_NOT}: going on with the one that it has.", file=sys.stderr)
    with subprocess.Popen(command) as child:
        # Ctrl-C reaches the command as well; what it makes of it counts.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        status = child.wait()
    if asked:
        print(f"Somebody asked for {', '.join(sorted(set(asked)))}.", file=sys.stderr)
    return status or (1 if asked else 0)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
