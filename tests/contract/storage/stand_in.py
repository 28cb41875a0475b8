"""Cloud Storage: gcp-storage-emulator, with what it lacks of permissions and generations put in front of it."""

import json
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

US = ""
"""Who asks without a token: the platform, because the client finds the stand-in by its environment variable."""


class StorageStandIn:
    """A server with as many buckets as are put into it.

    `readers` says by bucket who may read it; a bucket that is not there is everybody's. `fail_with` are the statuses of
    the next answers. `before` is called with the path of each request, `shown_generation` answers which one it is.
    """

    def __init__(self) -> None:
        self.readers: dict[str, set[str]] = {}
        self.listings: list[str] = []
        self.downloads: list[str] = []
        self.fail_with: list[int] = []
        self.before: Callable[[str], None] = lambda _: None
        self.shown_generation: Callable[[str, str], str | None] = self.generation
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

    def packing(self, bucket: str, name: str) -> str | None:
        """The Content-Encoding that an object was stored with."""
        found: dict[str, str] = self._storage.objects.get(bucket, {}).get(name, {})
        return found.get("contentEncoding")

    def close(self) -> None:
        """Stop serving."""
        self._client.close()
        self._server.shutdown()
        self._server.server_close()


class _Asked(RequestHandler):  # type: ignore[misc]  # the emulator has no annotations, so this is Any
    """A request; reads are counted, and refused where the bucket's readers don't include who asks."""

    def __init__(self, stand_in: StorageStandIn, kept: Storage, *args: Any) -> None:
        self.stand_in = stand_in
        super().__init__(kept, *args)

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        url = urlsplit(self.path)
        self.stand_in.before(url.path)
        status = self._status(url.path, parse_qs(url.query))
        if status is None:
            super().do_GET()
        else:
            self._refuse(status)

    def _status(self, path: str, query: dict[str, list[str]]) -> int | None:
        _, _, rest = path.partition("/b/")
        bucket, _, name = rest.partition("/o/")
        bucket = bucket.removesuffix("/o")
        self._count(path, query)
        if self.stand_in.fail_with:
            return self.stand_in.fail_with.pop(0)
        who = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if bucket in self.stand_in.readers and who not in self.stand_in.readers[bucket]:
            return 403
        # Google keeps no generation but the newest unless the bucket is versioned.
        asked = query.get("generation", [None])[0]
        return 404 if asked and asked != self.stand_in.shown_generation(bucket, unquote(name)) else None

    def _count(self, path: str, query: dict[str, list[str]]) -> None:
        if path.endswith("/o"):
            self.stand_in.listings.append(query.get("prefix", [""])[0])
        elif "/download/" in path:
            self.stand_in.downloads.append(unquote(path.partition("/o/")[2]))

    def end_headers(self) -> None:
        """Say how an object is packed, as Google does."""
        bucket, _, name = urlsplit(self.path).path.partition("/b/")[2].partition("/o/")
        packed = self.stand_in.packing(bucket, unquote(name)) if "/download/" in self.path else None
        if packed:
            self.send_header("Content-Encoding", packed)
        super().end_headers()

    def _refuse(self, status: int) -> None:
        body = json.dumps({"error": {"code": status, "message": f"planted {status}"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
