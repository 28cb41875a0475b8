"""One file of a web server, copied to this machine."""

from collections.abc import Callable
from typing import IO

import requests

from shared.adapters.files.problems import shown_name
from shared.adapters.files.readable_file import (
    FoundFiles,
    Patterns,
    Select,
    matching_any,
    require_distinct,
    shown_patterns,
)
from shared.domain.errors import StepError
from shared.domain.progress import FileVersion
from shared.sources.files.remote.copying import copy_answers, version_of
from shared.sources.files.remote.object_files import copied, stored_in, versions_in
from shared.sources.files.remote.session import RemoteSession, host_of, length_of
from shared.sources.files.remote.store import GoneError, RemoteObject

_PAGE_STARTS = (b"<!doctype html", b"<html")
_GONE = (404, 410)
_REFUSED = (401, 403)


class WebFiles:
    """What one or more addresses of one host have, read with what the source shows.

    `open_store` loads the tenant's secrets, so it is called when the file is asked for, and then once.
    """

    def __init__(self, open_store: "Callable[[], WebStore]") -> None:
        self._open_store = open_store

    def find(self, tenant_id: str, patterns: Patterns, *, select: Select | None = None) -> FoundFiles:  # noqa: ARG002
        """The file of each address. Raises StepError where there is none."""
        store = self._open_store()
        found = [RemoteObject(each) for each in patterns] if select is None else _all_stored(store, patterns)
        yield from copied(store, found, select)

    def versions(self, tenant_id: str, patterns: Patterns) -> tuple[FileVersion, ...]:  # noqa: ARG002
        """The files. Raises as `find`."""
        store = self._open_store()
        return versions_in(store, _all_stored(store, patterns))


class WebStore:
    """The web's files by their addresses: no web server lists what it has."""

    def __init__(self, session: RemoteSession) -> None:
        self._session = session

    def uri(self, name: str) -> str:
        """The address, without what may be secret in it."""
        return self._session.hide(name)

    def stored(self, name: str) -> RemoteObject | None:
        """As the answer to a request for it says, of which nothing is read."""
        response = self._session.ask(name, wanted=shown_name(self.uri(name)))
        with response:
            if response.status_code in _GONE:
                return None
            if response.status_code != requests.codes.ok:
                raise self._refusal(response, name)
            return RemoteObject(name, length_of(response), version_of(response))

    def copy_to(self, file: IO[bytes], item: RemoteObject) -> None:
        """Raises StepError too for a page where a file should be, such as one that asks to sign in."""
        name = shown_name(self.uri(item.name))
        refused = copy_answers(self._session, item.name, file, version=item.version, name=name)
        if refused is not None:
            refused.close()
            raise self._refusal(refused, item.name)
        file.seek(0)
        if file.read(512).lstrip().lower().startswith(_PAGE_STARTS):
            raise StepError(
                f"{name} is a web page; name the file itself, or set 'credentials' if it asks to sign in"
            )

    def _refusal(self, response: requests.Response, name: str) -> Exception:
        shown = shown_name(self.uri(name))
        if response.status_code in _GONE:
            return GoneError()
        if response.status_code in _REFUSED:
            what = (
                "the server refuses the credentials; look at their secrets"
                if self._session.shows_credentials
                else "the server asks for credentials; set 'credentials'"
            )
            return StepError(f"{shown} can't be read: {what}")
        return StepError(f"{shown} can't be read: {host_of(response)} answered {response.status_code}")


def _all_stored(store: WebStore, addresses: Patterns) -> list[RemoteObject]:
    found = matching_any(
        addresses, lambda address: [stored_in(store, address, address)], key=lambda item: item.name
    )
    require_distinct(versions_in(store, found), shown_patterns(addresses))
    return found
