"""Servers on this machine that have the files of a folder: of each kind of place that a source may name."""

import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from local.storage.server import StorageServer
from tests.contract.places.web import write_certificate

BUCKET = "exports"
ACCOUNT = "bench"
WEB = "files.example.com"
KEY = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench-key"}


@contextmanager
def s3_server(files: list[Path]) -> Iterator[str]:
    """The address of an S3 server that has them in one bucket."""
    # Slow to import, and nothing else here needs them.
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    host, port = server.get_host_and_port()
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **KEY)
    client.create_bucket(Bucket=BUCKET)
    for file in files:
        client.upload_file(str(file), BUCKET, file.name)
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def cloud_storage(files: list[Path], *, folder: Path) -> Iterator[str]:
    """The address of a Cloud Storage that has them in one bucket."""
    server = StorageServer(folder, port=0, owner="bench")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    put_objects(server.url, files)
    yield server.url
    server.shutdown()
    server.server_close()


def put_objects(url: str, files: list[Path]) -> None:
    """Put the files into the bucket of the Cloud Storage at that address, which is made."""
    requests.post(f"{url}/storage/v1/b", json={"name": BUCKET}, timeout=60)
    for file in files:
        to = f"{url}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={file.name}"
        with file.open("rb") as body:
            requests.post(to, data=body, timeout=600).raise_for_status()


@contextmanager
def web_server(folder: Path, *, certificate: Path | None = None) -> Iterator[str]:
    """The address of a server of the folder's files; over TLS, by a certificate that is written, if one is named."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    scheme = "http"
    if certificate is not None:
        write_certificate(certificate, WEB)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{scheme}://{WEB if certificate else '127.0.0.1'}:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Files(SimpleHTTPRequestHandler):
    """Files by their names; each is called a blob, as Azure does."""

    def end_headers(self) -> None:
        self.send_header("ETag", '"one"')
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
