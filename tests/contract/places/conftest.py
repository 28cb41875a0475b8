"""An S3 server that checks signatures and rights, and APIs that answer as a test says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from tests.contract.sources.api import Answer, Api, Request, opened_apis
from tests.patience import PATIENCE_SECONDS

BUCKET = "exports"
OTHER = "not-ours"
REGION = "eu-central-1"
_READS_OBJECTS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        }
    ],
}


@dataclass(frozen=True)
class S3:
    """The server, and a key that reads one bucket of it."""

    url: str
    key_id: str
    key: str


OBJECTS = {
    "a.csv": b"a\n1\n",
    "cur/day=1/b.csv": b"a\n2\n",
    "cur/day=2/b.csv": b"a\n3\n",
    "cur//twice.csv": b"a\n4\n",
    "cur/.part.csv": b"a\nunfinished\n",
    "cur/folder/": b"",
    "names/a b+c%20ä&=?#'\"~.csv": b"a\n5\n",
    "names/a<b>.csv": b"a\n6\n",
    "names/x[1].csv": b"a\n7\n",
    **{f"many/{number}.csv": b"a\n%d\n" % number for number in range(7)},
}


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    with pytest.MonkeyPatch.context() as environment:
        # A list's page.
        environment.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
        yield from _started()


def _started() -> Iterator[S3]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    root: dict[str, Any] = {
        "endpoint_url": url,
        "region_name": REGION,
        "aws_access_key_id": "root",
        "aws_secret_access_key": "root",
    }
    client = boto3.client("s3", **root)
    for bucket in (BUCKET, OTHER):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, contents in OBJECTS.items():
        client.put_object(Bucket=BUCKET, Key=name, Body=contents)
    people = boto3.client("iam", **root)
    people.create_user(UserName="reader")
    people.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=json.dumps(_READS_OBJECTS))
    key = people.create_access_key(UserName="reader")["AccessKey"]
    # From here on it looks at who asks.
    requests.post(f"{url}/moto-api/reset-auth", data=b"0", timeout=PATIENCE_SECONDS)
    yield S3(url, key["AccessKeyId"], key["SecretAccessKey"])
    server.stop()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Request], Answer]], Api]]:
    """Opens APIs and closes them after the test."""
    with opened_apis() as open_api:
        yield open_api
