"""The Cloud Storage stand-in of `make run`: what it keeps whenever it is killed, and who may see it."""

import gzip
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import httpx
import pytest
from google.api_core.exceptions import BadRequest, Forbidden, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.oauth2.credentials import Credentials

from local.identity.access_tokens import access_token_of
from local.settings import free_ports
from local.storage.kept_objects import KeptObjects
from local.storage.server import StorageServer
from tests import plain_http
from tests.patience import PATIENCE_SECONDS, eventually
from tests.tethered import start_module

OWNER = "convergence@p.iam.gserviceaccount.com"
ACME = "t-acme@p.iam.gserviceaccount.com"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StorageServer]:
    with StorageServer(tmp_path / "storage", port=0, owner=OWNER) as started:
        Thread(target=started.serve_forever, args=(0.02,), daemon=True).start()
        yield started
        started.shutdown()


def client(url: str, email: str | None = None) -> storage.Client:
    who = Credentials(token=access_token_of(email)) if email else AnonymousCredentials()
    return storage.Client(project="p", credentials=who, client_options={"api_endpoint": url})


def test_names_that_are_folders_too_and_locations_are_kept(server: StorageServer, tmp_path: Path) -> None:
    bucket = client(server.url).create_bucket("exports", location="europe-west1")
    contents = {"a": b"1", "a/b": b"2", "a/b c?#é%.csv": b"3", "n" * 1000: b"4"}
    for name, content in contents.items():
        bucket.blob(name).upload_from_string(content)
    bucket.blob("gone").upload_from_string(b"5")
    bucket.blob("gone").delete()

    again = KeptObjects(tmp_path / "storage")

    listed = {blob.name: blob.download_as_bytes() for blob in client(server.url).list_blobs("exports")}
    assert listed == contents
    assert {name: again.get_file("exports", name) for name in again.objects["exports"]} == contents
    assert (bucket.location, again.buckets["exports"]["location"]) == ("EUROPE-WEST1", "EUROPE-WEST1")
    assert len(list((tmp_path / "storage" / "_contents").iterdir())) == len(contents)


def test_a_generation_that_was_replaced_is_no_more(server: StorageServer) -> None:
    bucket = client(server.url).create_bucket("exports")
    first = bucket.blob("a")
    first.upload_from_string(b"1")
    before = first.generation
    bucket.blob("a").upload_from_string(b"2")

    with pytest.raises(NotFound):
        bucket.blob("a", generation=before).download_as_bytes()

    assert bucket.blob("a").download_as_bytes() == b"2"


def test_what_is_gzipped_is_said_to_be(server: StorageServer) -> None:
    blob = client(server.url).create_bucket("exports").blob("a.csv")
    blob.content_encoding = "gzip"
    packed = gzip.compress(b"a\n1\n")
    blob.upload_from_string(packed)
    url = f"{server.url}/download/storage/v1/b/exports/o/a.csv?alt=media"

    assert plain_http.get(url, timeout=PATIENCE_SECONDS).content == b"a\n1\n"
    assert blob.download_as_bytes(raw_download=True) == packed


def test_what_a_killed_process_left_unfinished_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "storage"
    kept = KeptObjects(folder)
    kept.create_bucket("exports", {"name": "exports"})
    kept.create_file("exports", "a", b"whole", {"name": "a", "generation": "1"})
    # As between the contents and the list of what there is, and in the midst of either.
    (folder / "_contents" / "0123").write_bytes(b"the next generation")
    (folder / "_contents" / "unfinished-1").write_bytes(b"{")

    again = KeptObjects(folder)

    assert again.get_file("exports", "a") == b"whole"
    assert len(list((folder / "_contents").iterdir())) == 1


def test_whatever_was_acknowledged_is_there_after_kill_9(tmp_path: Path) -> None:
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"

    with started(tmp_path, port) as first:
        eventually(lambda: is_served(url))
        with closing(client(url)) as before:
            bucket = before.create_bucket("exports")
            for number in range(20):
                bucket.blob("same").upload_from_string(str(number).encode())
                bucket.blob(f"{number}").upload_from_string(str(number).encode())
        os.kill(first.pid, signal.SIGKILL)
    with started(tmp_path, port) as second:
        eventually(lambda: is_served(url))
        with closing(client(url)) as after:
            found = {blob.name: blob.download_as_bytes() for blob in after.list_blobs("exports")}
        second.kill()

    assert found == {"same": b"19", **{str(number): str(number).encode() for number in range(20)}}


def started(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    arguments = ("--port", str(port), "--data-dir", str(folder / "storage"), "--owner", OWNER)
    return start_module("local.storage", *arguments)


def is_served(url: str) -> bool:
    try:
        return plain_http.get(url, timeout=PATIENCE_SECONDS).is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("members", "sees"),
    [(None, True), ([f"serviceAccount:{ACME}"], True), (["allUsers"], True), ([f"user:{ACME}"], False)],
)
def test_a_bucket_with_a_policy_is_for_those_it_names(
    server: StorageServer, members: list[str] | None, sees: bool
) -> None:
    bucket = client(server.url, OWNER).create_bucket("exports")
    bucket.blob("a").upload_from_string(b"1")
    if members is not None:
        policy = bucket.get_iam_policy(requested_policy_version=3)
        policy.bindings.append({"role": "roles/storage.objectViewer", "members": set(members)})
        bucket.set_iam_policy(policy)
    theirs = client(server.url, ACME)

    if sees:
        assert theirs.bucket("exports").blob("a").download_as_bytes() == b"1"
        return
    for refused in (
        lambda: theirs.bucket("exports").blob("a").download_as_bytes(),
        lambda: list(theirs.list_blobs("exports")),
        lambda: theirs.bucket("exports").blob("b").upload_from_string(b"2"),
        lambda: list(theirs.list_buckets()),
    ):
        with pytest.raises(Forbidden, match=r"t-acme@p\.iam\.gserviceaccount\.com does not have access"):
            refused()
    assert client(server.url).bucket("exports").blob("a").download_as_bytes() == b"1"


def test_requests_that_can_not_be_carried_out_are_answered(server: StorageServer) -> None:
    mine = client(server.url)
    mine.create_bucket("exports").blob("a").upload_from_string(b"1")

    with pytest.raises(BadRequest, match="Invalid bucket name: 'Exports'"):
        mine.create_bucket("Exports")
    broken = plain_http.post(f"{server.url}/storage/v1/b", content=b"{", timeout=PATIENCE_SECONDS)
    wiped = plain_http.get(f"{server.url}/wipe", timeout=PATIENCE_SECONDS)

    assert (broken.status_code, wiped.status_code) == (400, 404)
    assert [blob.name for blob in mine.list_blobs("exports")] == ["a"]
