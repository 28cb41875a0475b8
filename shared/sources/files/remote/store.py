"""A store of objects behind HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol


@dataclass(frozen=True)
class RemoteObject:
    """An object as it was when it was found; `version` is its entity tag, as HTTP writes it, where it has one."""

    name: str
    size_bytes: int | None = None
    version: str | None = None


class GoneError(Exception):
    """There is no such object, or no such container."""


class Store(Protocol):
    """Files by their names, as one tenant's credentials see them."""

    def uri(self, name: str) -> str:
        """What an object is called in messages."""

    def stored(self, name: str) -> RemoteObject | None:
        """The object of that name, if there is one; it takes no permission to list."""

    def copy_to(self, file: IO[bytes], item: RemoteObject) -> None:
        """Write an object's bytes, as they are stored, into the empty file; without a version, the newest.

        Raises GoneError for one that is there no more, TransientError for one that has another version now.
        """


class ListedStore(Store, Protocol):
    """One bucket or container, which tells what is in it."""

    def objects(self, prefix: str, *, is_flat: bool) -> Iterator[RemoteObject]:
        """The objects whose names begin so; where it `is_flat`, those whose names go on with a slash are left out.

        Raises GoneError, StepError and TransientError.
        """
