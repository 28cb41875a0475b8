"""Copies one file from a server, and goes on where a connection broke."""

import re
from typing import IO

import requests

from shared.domain.errors import StepError, TransientError
from shared.sources.files.remote.session import TRIES, BrokenOffError, RemoteSession, host_of, length_of

_WITH_BYTES = (200, 206)
_CHANGED = 412
_NOT_SATISFIABLE = 416
_ENOUGH_BYTES = 1_000_000
"""A try that gave so many more counts as none that failed: a large file may take many connections."""
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def copy_answers(
    session: RemoteSession, url: str, file: IO[bytes], *, version: str | None, name: str
) -> requests.Response | None:
    """Write the file at `url` into `file`, in the `version` if one is given, which is what `version_of` tells.

    None if all of it is there; an answer that holds no part of it, with its body to be read, for the caller to tell.
    Raises TransientError for a file that has another version now and for a connection that breaks again and again.
    """
    failures = 0
    while True:
        begun = file.tell()
        response = session.ask(url, wanted=name, headers=_conditions(version, begun))
        is_part = begun > 0 and response.status_code == _NOT_SATISFIABLE
        if response.status_code == _CHANGED or is_part:
            response.close()
            raise _changed(name)
        if response.status_code not in _WITH_BYTES:
            return response
        with response:
            version = _same_version(version, response, name)
            _go_to_start(file, response, begun=begun, name=name)
            broken = _write(session, response, file, name=name)
        if broken is None:
            return None
        if not _is_strong(version):
            # Nothing tells whether the rest would be that of the same file.
            file.seek(0)
            file.truncate()
        failures = 1 if file.tell() - begun >= _ENOUGH_BYTES else failures + 1
        if failures == TRIES:
            raise broken
        session.pause(failures)


def version_of(response: requests.Response) -> str | None:
    """What tells this version of the file from others: the entity tag, or when it was last written to."""
    return response.headers.get("ETag") or response.headers.get("Last-Modified")


def _conditions(version: str | None, begun: int) -> dict[str, str]:
    return {
        **({"If-Match": version} if version and _is_strong(version) else {}),
        **({"Range": f"bytes={begun}-"} if begun else {}),
    }


def _is_strong(version: str | None) -> bool:
    """Whether it is an entity tag that tells of bytes (RFC 9110, section 8.8.1)."""
    return version is not None and version.startswith('"')


def _same_version(version: str | None, response: requests.Response, name: str) -> str | None:
    is_tag = version is not None and version.startswith(('"', "W/"))
    found = response.headers.get("ETag" if is_tag else "Last-Modified")
    if version is not None and found not in (None, version):
        # A server that knows nothing of conditions.
        raise _changed(name)
    return version or version_of(response)


def _go_to_start(file: IO[bytes], response: requests.Response, *, begun: int, name: str) -> None:
    if response.status_code == requests.codes.ok:
        file.seek(0)
        file.truncate()
        return
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != begun:
        raise StepError(f"{host_of(response)} answered for {name} with another part than the one asked for")


def _write(
    session: RemoteSession, response: requests.Response, file: IO[bytes], *, name: str
) -> BrokenOffError | None:
    """Write what the answer holds. Gives what broke it off, if that is less than it says."""
    length = length_of(response)
    if length is None and not getattr(response.raw, "chunked", False):
        raise StepError(
            f"{host_of(response)} does not say how long {name} is, so that nobody could tell whether it arrived whole"
        )
    begun = file.tell()
    try:
        for part in session.parts(response, wanted=name):
            file.write(part)
    except BrokenOffError as error:
        return error
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    is_short = length is not None and file.tell() - begun != length
    is_without_end = found is not None and found[3] != "*" and file.tell() != int(found[3])
    if is_short or is_without_end:
        return BrokenOffError(f"{host_of(response)} broke off {name}", kind="unavailable")
    return None


def _changed(name: str) -> TransientError:
    return TransientError(f"{name} was replaced before it was read whole")
