"""One bucket of Cloud Storage: its objects, listed and read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from shared.domain.errors import TransientError
from shared.domain.storage_uri import StorageUri

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Blob, Client

_ANSWER_SECONDS = 10
"""How long to wait for an answer to begin, or to go on."""
_LOOK_BYTES = 256 * 1024
_LISTED_FIELDS = "items(name,generation,size),prefixes,nextPageToken"


@dataclass(frozen=True)
class StoredObject:
    """An object as it was when it was listed: its contents never change under this generation."""

    name: str
    generation: int
    size_bytes: int


@dataclass(frozen=True)
class Level:
    """What is directly below a folder."""

    objects: tuple[StoredObject, ...]
    folders: tuple[str, ...]
    """Their names from the bucket's root, with a slash at the end."""


class Bucket:
    """Raises the client library's errors, but for contents that arrive damaged: those raise TransientError.

    `client` makes the client, once and when it is first needed: its library is slow to import. `patience_seconds` is
    for how long a call that fails is repeated.
    """

    def __init__(self, name: str, *, client: "Callable[[], Client]", patience_seconds: float) -> None:
        self.name = name
        self._client = cache(client)
        self._patience_seconds = patience_seconds

    def uri(self, name: str) -> str:
        """What an object is called in messages."""
        return str(StorageUri(self.name, name))

    def objects(self, prefix: str, *, is_flat: bool = False) -> Iterator[StoredObject]:
        """The objects whose names begin so, in the order of their names.

        Where it `is_flat`, those whose names go on with a slash anywhere are left out.
        """
        yield from map(_stored, filter(_is_file, self._pages(prefix, delimiter="/" if is_flat else None)))

    def level(self, prefix: str) -> Level:
        """What is directly below the folder `prefix`, which ends in a slash unless it is the bucket's root."""
        pages = self._pages(prefix, delimiter="/")
        objects = tuple(map(_stored, filter(_is_file, pages)))
        return Level(objects, tuple(sorted(pages.prefixes)))

    def stored(self, name: str) -> StoredObject | None:
        """The object of that name, if there is one; it takes no permission to list."""
        blob = self._client().bucket(self.name).get_blob(name, timeout=_ANSWER_SECONDS, retry=self._retry())
        return _stored(blob) if blob else None

    def contents(self, item: StoredObject) -> bytes:
        """An object's contents; the caller has seen that it is small."""
        blob = self._client().bucket(self.name).blob(item.name, generation=item.generation)
        with self._undamaged(item.name):
            found: bytes = blob.download_as_bytes(timeout=_ANSWER_SECONDS, retry=self._retry())
        return found

    def copy_to(self, file: IO[bytes], name: str, *, generation: int | None = None) -> None:
        """Write an object's bytes, as they are stored, into the file; the newest ones without a generation."""
        blob = self._client().bucket(self.name).blob(name, generation=generation)
        with self._undamaged(name):
            blob.download_to_file(file, raw_download=True, timeout=_ANSWER_SECONDS, retry=self._retry())

    @contextmanager
    def opened(self, item: StoredObject) -> Iterator[IO[bytes]]:
        """An object's bytes, of which those are fetched that are read; for a look at its beginning or end."""
        blob = self._client().bucket(self.name).blob(item.name, generation=item.generation)
        with blob.open(
            "rb", chunk_size=_LOOK_BYTES, timeout=_ANSWER_SECONDS, retry=self._retry(), raw_download=True
        ) as file:
            yield file

    def _pages(self, prefix: str, *, delimiter: str | None) -> Any:
        return self._client().list_blobs(
            self.name,
            prefix=prefix,
            delimiter=delimiter,
            fields=_LISTED_FIELDS,
            timeout=_ANSWER_SECONDS,
            retry=self._retry(),
        )

    def _retry(self) -> "Retry":
        from google.cloud.storage.retry import DEFAULT_RETRY

        retry: Retry = DEFAULT_RETRY.with_timeout(self._patience_seconds)
        return retry

    @contextmanager
    def _undamaged(self, name: str) -> Iterator[None]:
        from google.cloud.storage.exceptions import DataCorruption

        try:
            yield
        except DataCorruption as error:
            raise TransientError(f"{self.uri(name)} arrived damaged") from error


def _is_file(blob: "Blob") -> bool:
    # A name that ends in a slash is a folder that somebody made in the console.
    return not blob.name.endswith("/")


def _stored(blob: "Blob") -> StoredObject:
    return StoredObject(blob.name, int(blob.generation), int(blob.size))
