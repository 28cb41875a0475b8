"""Cloud Storage's JSON API on 127.0.0.1: gcp-storage-emulator's, with what it lacks put in front of it."""

import json
import logging
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from socketserver import TCPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gcp_storage_emulator.server import RequestHandler, _read_raw_data
from gcp_storage_emulator.storage import Storage

from local.storage.kept_objects import KeptObjects
from local.storage.readers import refused_account

_HOST = "127.0.0.1"
_MADE_BUCKET = re.compile(r"(?:/storage/v1)?/b")
_OBJECT = re.compile(r"(?:/(?:download/)?storage/v1)?/b/(?P<bucket>[^/]+)/o/(?P<name>.+)")
# https://cloud.google.com/storage/docs/buckets#naming
_BUCKET_NAME = re.compile(r"[a-z0-9][-_.a-z0-9]{1,220}[a-z0-9]")


class StorageServer(ThreadingHTTPServer):
    """Listens at once, and answers once `serve_forever` runs. Raises OSError for a port that is taken."""

    daemon_threads = True

    def __init__(self, folder: Path, *, port: int, owner: str) -> None:
        self.stored = KeptObjects(folder)
        super().__init__((_HOST, port), partial(StorageCall, self.stored, owner=owner, turn=Lock()))
        # It logs as errors what clients do all the time, such as to ask for what isn't there.
        logging.getLogger("gcp_storage_emulator").setLevel(logging.CRITICAL)

    @property
    def url(self) -> str:
        """What `STORAGE_EMULATOR_HOST` is to be."""
        return f"http://{_HOST}:{self.server_address[1]}"

    def server_bind(self) -> None:
        """As TCPServer does it: HTTPServer asks the name servers what this machine is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.server_address[1]


class StorageCall(RequestHandler):  # type: ignore[misc]  # the emulator has no annotations, so this is Any
    """One call. It has its turn for itself, from when all of it is there to when all of its answer is."""

    wfile: Any
    """The client's end; what holds the answer while it is made."""
    path = ""
    """Of what is no HTTP; http.server sets it for what is."""

    def __init__(self, stored: Storage, *args: Any, owner: str, turn: Lock) -> None:
        self.owner = owner
        self.turn = turn
        super().__init__(stored, *args)

    def do_GET(self) -> None:  # noqa: N802 - the names that http.server calls
        self._answer(super().do_GET)

    def do_POST(self) -> None:  # noqa: N802
        self._answer(super().do_POST)

    def do_PUT(self) -> None:  # noqa: N802
        self._answer(super().do_PUT)

    def do_PATCH(self) -> None:  # noqa: N802
        self._answer(super().do_PATCH)

    def do_DELETE(self) -> None:  # noqa: N802
        self._answer(super().do_DELETE)

    def refusal(self) -> tuple[HTTPStatus, str] | None:
        """The status and the reason, where the call is not to be answered otherwise."""
        url = urlsplit(self.path)
        account = refused_account(
            self.headers.get("Authorization", ""),
            url.path,
            owner=self.owner,
            policies=self.storage.bucket_iam_policies,
        )
        if account is not None:
            return HTTPStatus.FORBIDDEN, f"{account} does not have access to this bucket or object."
        # The emulator's own way to lose everything.
        if url.path == "/wipe":
            return HTTPStatus.NOT_FOUND, "Not Found"
        # Google keeps no generation but the newest unless the bucket is versioned.
        asked = parse_qs(url.query).get("generation", [None])[0]
        found = self._object()
        if asked and found and str(found.get("generation")) != asked:
            return HTTPStatus.NOT_FOUND, "No such object: there is another generation of it"
        return None

    def end_headers(self) -> None:
        """Say how an object is packed, as Google does."""
        is_media = "/download/" in self.path or parse_qs(urlsplit(self.path).query).get("alt") == ["media"]
        packed = (self._object() or {}).get("contentEncoding") if is_media else None
        if packed:
            self.send_header("Content-Encoding", packed)
        super().end_headers()

    def _object(self) -> dict[str, Any] | None:
        matched = _OBJECT.fullmatch(urlsplit(self.path).path)
        if matched is None:
            return None
        found: dict[str, Any] = self.storage.objects.get(matched["bucket"], {}).get(
            unquote(matched["name"]), {}
        )
        return found

    def _answer(self, answer: Callable[[], None]) -> None:
        body = _read_raw_data(self) or b""
        del self.headers["Transfer-Encoding"], self.headers["Content-Length"]
        self.headers["Content-Length"] = str(len(body))
        client, held = self.wfile, BytesIO()
        self.rfile, self.wfile = BytesIO(body), held
        with self.turn:
            try:
                refused = self.refusal() or self._wrong_bucket(body)
                if refused is None:
                    answer()
            except (ValueError, KeyError, IndexError, TypeError, AttributeError):
                refused = HTTPStatus.BAD_REQUEST, "The request can't be read"
        self.wfile = client
        if refused is not None:
            self._refuse(*refused)
        else:
            client.write(held.getbuffer())

    def _wrong_bucket(self, body: bytes) -> tuple[HTTPStatus, str] | None:
        """Take note of where a bucket is to be made, if one is; what is wrong with its name."""
        if self.command != "POST" or not _MADE_BUCKET.fullmatch(urlsplit(self.path).path):
            return None
        asked = json.loads(body)
        self.storage.new_location = asked.get("location") or "US"
        if _BUCKET_NAME.fullmatch(str(asked.get("name"))):
            return None
        return HTTPStatus.BAD_REQUEST, f"Invalid bucket name: {asked.get('name')!r}"

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        body = json.dumps({"error": {"code": status, "message": reason}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        RequestHandler.end_headers(self)
        self.wfile.write(body)
