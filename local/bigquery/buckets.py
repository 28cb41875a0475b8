"""Cloud Storage, as load and extract jobs use it: through its JSON API, as whoever submitted the job."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse
from pathlib import Path
from typing import IO, Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from local.bigquery.job import NOBODY
from local.bigquery.problem import ApiError
from local.identity.access_tokens import access_token_of

_SECONDS = 60
_OBJECT_URI = re.compile(r"gs://(?P<bucket>[a-z0-9][-_.a-z0-9]*)/(?P<name>.+)", re.DOTALL)
_GENERATION = re.compile(r"#\d+$")


@dataclass(frozen=True)
class StoredObject:
    """An object as it was when it was listed."""

    bucket: str
    name: str
    generation: str

    @property
    def uri(self) -> str:
        """As errors name it."""
        return f"gs://{self.bucket}/{self.name}"


class Buckets:
    """Cloud Storage at an address; without one, every `gs://` is refused. Each call raises ApiError."""

    def __init__(self, url: str | None) -> None:
        self._url = url

    def find(self, uri: str, *, email: str) -> list[StoredObject]:
        """The objects that a source URI names, by name. One `*` stands for anything, slashes included."""
        bucket, name = _parts(uri)
        if _GENERATION.search(name):
            raise ApiError("invalid", f"A source URI can't name a generation of an object: {uri}")
        before, star, after = name.partition("*")
        if "*" in after:
            raise ApiError("invalid", f"A source URI may have one wildcard: {uri}")
        found = [
            one
            for one in self._listed(bucket, before, email=email)
            if (one.name == name if not star else _matches(one.name, before, after))
        ]
        if not found:
            raise ApiError("notFound", f"Not found: URI {uri}")
        return sorted(found, key=lambda one: one.name)

    def location(self, bucket: str, *, email: str) -> str:
        """Where a bucket is, in capitals."""
        with self._answer(f"/storage/v1/b/{bucket}", email=email) as answer:
            return str(json.load(answer).get("location") or "US").upper()

    def copy(self, stored: StoredObject, path: Path, *, email: str) -> None:
        """Write the object's bytes, as they are stored, into a file."""
        query = urlencode({"alt": "media", "generation": stored.generation})
        where = f"/download/storage/v1/b/{stored.bucket}/o/{quote(stored.name, safe='')}?{query}"
        with self._answer(where, email=email) as answer, path.open("wb") as file:
            shutil.copyfileobj(answer, file)

    def put(self, uri: str, path: Path, *, email: str) -> None:
        """Make an object of a file."""
        bucket, name = _parts(uri)
        query = urlencode({"uploadType": "media", "name": name})
        with path.open("rb") as file:
            size = path.stat().st_size
            with self._answer(f"/upload/storage/v1/b/{bucket}/o?{query}", email=email, body=(file, size)):
                """Made."""

    def _listed(self, bucket: str, prefix: str, *, email: str) -> Iterator[StoredObject]:
        page: dict[str, str] | None = {}
        while page is not None:
            query = urlencode({"prefix": prefix, **page})
            with self._answer(f"/storage/v1/b/{bucket}/o?{query}", email=email) as answer:
                found = json.load(answer)
            for item in found.get("items") or ():
                yield StoredObject(bucket, item["name"], str(item["generation"]))
            token = found.get("nextPageToken")
            page = {"pageToken": token} if token else None

    @contextmanager
    def _answer(
        self, path: str, *, email: str, body: tuple[IO[bytes], int] | None = None
    ) -> Iterator[HTTPResponse]:
        if self._url is None:
            raise ApiError("invalid", "gs:// can't be used: no Cloud Storage was named with --storage")
        request = Request(self._url + path)
        if email != NOBODY:
            request.add_header("Authorization", f"Bearer {access_token_of(email)}")
        if body is not None:
            request.method, request.data = "POST", cast(Any, body[0])
            request.add_header("Content-Length", str(body[1]))
            request.add_header("Content-Type", "application/octet-stream")
        try:
            with urlopen(request, timeout=_SECONDS) as answer:
                yield answer
        except HTTPError as error:
            raise _refusal(error, path, email=email) from error
        except URLError as error:
            raise ApiError("backendError", f"Cloud Storage doesn't answer at {self._url}") from error


def _parts(uri: str) -> tuple[str, str]:
    matched = _OBJECT_URI.fullmatch(uri)
    if matched is None:
        raise ApiError("invalid", f"Source URI must be gs://BUCKET/OBJECT: {uri}")
    return matched["bucket"], matched["name"]


def _matches(name: str, before: str, after: str) -> bool:
    return name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after)


def _refusal(error: HTTPError, path: str, *, email: str) -> ApiError:
    bucket = path.partition("/b/")[2].partition("/")[0]
    if error.code == HTTPStatus.FORBIDDEN:
        message = f"Access Denied: BigQuery BigQuery: {email} does not have access to gs://{bucket}."
        return ApiError("accessDenied", message)
    if error.code == HTTPStatus.NOT_FOUND:
        return ApiError("notFound", f"Not found: bucket or object of gs://{bucket}")
    return ApiError("backendError", f"Cloud Storage answered {error.code} for gs://{bucket}")
