"""Signatures as botocore makes them, which is AWS's own."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests import Request

from shared.sources.files.remote.aws_signature import AwsSignature

NAMES = (
    *("a.csv", "cur//x.csv", "a b+c%20ä&=?#'\"~.csv", "x/*()!,;:@$.csv", "день/日.csv"),
    "?list-type=2&prefix=a%2Fb%20c&continuation-token=1%2B%3D%3D&delimiter=%2F&encoding-type=url",
)


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@pytest.mark.parametrize(
    "root", ["https://exports.s3.eu-central-1.amazonaws.com", "http://127.0.0.1:9000/exports"]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_request_is_signed_as_aws_signs_it(name: str, root: str, token: str | None) -> None:
    url = f"{root}/{name if name.startswith('?') else quote(name, safe='/-_.~')}"
    prepared = Request("GET", url, headers={"Range": "bytes=5-"}).prepare()
    theirs = AWSRequest("GET", prepared.url)
    S3SigV4Auth(Credentials("AKIA", "secret", token), "s3", "eu-central-1").add_auth(theirs)
    now = datetime.strptime(theirs.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = AwsSignature(
        key_id="AKIA", secret="secret", region="eu-central-1", session_token=token, now=lambda: now
    )(prepared)

    assert ours.headers["Authorization"] == theirs.headers["Authorization"]
