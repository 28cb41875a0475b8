"""What is said of a file that can't be read: which, and why, but nothing of what it holds."""

import errno
import lzma
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from shared.domain.errors import StepError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAMAGED = "it is damaged or cut off"
_WORDS_BY_ERRNO = {
    errno.ENOENT: "it is there no more",
    errno.EACCES: "its permissions forbid it",
    errno.EPERM: "its permissions forbid it",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "it is a link that leads back to itself",
    errno.ENAMETOOLONG: "its path, or a part of it, is longer than file systems allow",
}


def shown_name(path: str) -> str:
    """The path as text that every message can hold, whatever bytes the file's name is made of."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def named_twice(names: Iterable[str]) -> str | None:
    """The first, in the order of the alphabet, of the names that are there more than once."""
    return min((name for name, count in Counter(names).items() if count > 1), default=None)


def unreadable(name: str, why: str) -> StepError:
    """The error of a file that can't be read at all."""
    return StepError(f"{name} can't be read: {why}")


def problem_of(name: str, error: OSError) -> StepError:
    """The error of a file that the operating system refuses, or that isn't whole."""
    if error.errno is None:
        return unreadable(name, _DAMAGED)
    return unreadable(name, _WORDS_BY_ERRNO.get(error.errno) or os.strerror(error.errno))


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what the system and the packing find wrong with a file into a StepError that names it."""
    try:
        yield
    except EOFError as error:
        raise unreadable(name, "it is cut off") from error
    except (zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise unreadable(name, _DAMAGED) from error
    except OSError as error:
        raise problem_of(name, error) from error
