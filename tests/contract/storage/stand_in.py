"""Cloud Storage as `make run` has it, in memory, with what a test wants of permissions and faults in front of it."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gcp_storage_emulator.storage import Storage
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from local.storage.server import StorageCall

US = ""
"""Who asks without a token: the platform, because the client finds the stand-in by its environment variable."""


class StorageStandIn:
    """A server with as many buckets as are put into it.

    `readers` says by bucket who may read it; a bucket that is not there is everybody's. `fail_with` are the statuses of
    the next answers. `before` is called with the path of each request; `is_replaced` says of a path that what it names
    has another generation by now.
    """

    def __init__(self) -> None:
        self.readers: dict[str, set[str]] = {}
        self.listings: list[str] = []
        self.downloads: list[str] = []
        self.fail_with: list[int] = []
        self.before: Callable[[str], None] = lambda _: None
        self.is_replaced: Callable[[str], bool] = lambda _: False
        self._storage = Storage(use_memory_fs=True)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Asked, self, self._storage))
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._client = storage.Client(
            project="contract-test",
            credentials=AnonymousCredentials(),
            client_options={"api_endpoint": self.url},
        )

    def put(self, bucket: str, name: str, contents: bytes | str, **properties: Any) -> None:
        """Write an object, and make the bucket if it is missing."""
        if self._client.lookup_bucket(bucket) is None:
            self._client.create_bucket(bucket)
        blob = self._client.bucket(bucket).blob(name)
        for key, value in properties.items():
            setattr(blob, key, value)
        blob.upload_from_string(contents)
        self.forget_requests()

    def delete(self, bucket: str, name: str) -> None:
        """Delete an object."""
        self._client.bucket(bucket).delete_blob(name)
        self.forget_requests()

    def damage(self, bucket: str, name: str) -> None:
        """Let the contents be others than those that the checksum was made of."""
        self._storage._store.write_bytes(self._storage._object_path(bucket, name), b"damaged")

    def forget_requests(self) -> None:
        """Count anew."""
        self.listings.clear()
        self.downloads.clear()

    def generation(self, bucket: str, name: str) -> str | None:
        """The generation that an object has now."""
        found = self._storage.objects.get(bucket, {}).get(name)
        return str(found["generation"]) if found else None

    def close(self) -> None:
        """Stop serving."""
        self._client.close()
        self._server.shutdown()
        self._server.server_close()


class _Asked(StorageCall):
    """A call; reads are counted, and refused where the bucket's readers don't include who asks."""

    def __init__(self, stand_in: StorageStandIn, kept: Storage, *args: Any) -> None:
        self.stand_in = stand_in
        super().__init__(kept, *args, owner=US, turn=Lock())

    def refusal(self) -> tuple[HTTPStatus, str] | None:
        """What a test wants, before what the stand-in says by itself."""
        if self.command != "GET":
            return super().refusal()
        url = urlsplit(self.path)
        self.stand_in.before(url.path)
        bucket = url.path.partition("/b/")[2].partition("/o/")[0].removesuffix("/o")
        query = parse_qs(url.query)
        self._count(url.path, query)
        if self.stand_in.fail_with:
            return HTTPStatus(self.stand_in.fail_with.pop(0)), "planted"
        who = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if bucket in self.stand_in.readers and who not in self.stand_in.readers[bucket]:
            return HTTPStatus.FORBIDDEN, "planted"
        if "generation" in query and self.stand_in.is_replaced(url.path):
            return HTTPStatus.NOT_FOUND, "planted"
        return super().refusal()

    def _count(self, path: str, query: dict[str, list[str]]) -> None:
        if path.endswith("/o"):
            self.stand_in.listings.append(query.get("prefix", [""])[0])
        elif "/download/" in path:
            self.stand_in.downloads.append(unquote(path.partition("/o/")[2]))
