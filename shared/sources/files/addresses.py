"""Addresses of files: a path on disk, or what lies behind a scheme."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.domain.storage_uri import SCHEME, parse_storage_uri

GS = SCHEME
S3 = "s3://"
AZ = "az://"
HTTPS = "https://"
_SCHEMES = (GS, S3, AZ, HTTPS)

_CONTAINERS = {
    # "Bucket naming rules" (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
    S3: (re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), "bucket"),
    # "Naming and referencing containers, blobs, and metadata" (learn.microsoft.com/rest/api/storageservices).
    AZ: (re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,62}|\$root|\$web"), "container"),
}


@dataclass(frozen=True)
class ObjectAddress:
    """A bucket or container, and a pattern of objects in it. `scheme` ends in `://`."""

    scheme: str
    container: str
    pattern: str

    def __str__(self) -> str:
        return self.uri(self.pattern)

    def uri(self, name: str) -> str:
        """What an object of that name is called in messages."""
        return f"{self.scheme}{self.container}/{name}"


def scheme_of(path: str) -> str:
    """Of a path on disk, `""`."""
    return next((scheme for scheme in _SCHEMES if path.startswith(scheme)), "")


def parse_object_address(path: str) -> ObjectAddress:
    """The address that begins with s3:// or az://. Raises ValueError for any other."""
    scheme = scheme_of(path)
    if scheme not in _CONTAINERS:
        raise ValueError("must begin with s3:// or az://")
    form, word = _CONTAINERS[scheme]
    container, _, pattern = path.removeprefix(scheme).partition("/")
    if not form.fullmatch(container) or not pattern or pattern.endswith("/"):
        raise ValueError(
            f"must name a {word} and what is in it: {scheme}{word}/path, and no pattern for the {word}"
        )
    if pattern.startswith("/") or any(part in (".", "..") for part in pattern.split("/")):
        # Whatever sends it would take them away, and ask for another object.
        raise ValueError("must have neither a slash at the beginning nor '.' or '..' between slashes")
    return ObjectAddress(scheme, container, pattern)


def require_address(path: str) -> None:
    """Raise ValueError for a path with a scheme that is not read, or without what its scheme needs."""
    scheme, separator, _ = path.partition("://")
    match scheme_of(path):
        case "" if separator:
            raise ValueError(
                f"must be a path, or begin with gs://, s3://, az:// or https://; {scheme}:// is not read"
            )
        case "gs://" if not _names_objects(path):
            raise ValueError(
                "must name a bucket and what is in it: gs://bucket/path, and no pattern for the bucket"
            )
        case "s3://" | "az://":
            parse_object_address(path)
        case "https://":
            _require_one_file(path)


def _names_objects(path: str) -> bool:
    try:
        return parse_storage_uri(path).path != ""
    except ValueError:
        return False


def _require_one_file(path: str) -> None:
    if any(character in path.partition("?")[0] for character in "*[]"):
        raise ValueError("must name one file, without a pattern: what a web server has is not listed")
    if "#" in path or not urlsplit(path).path.strip("/"):
        raise ValueError("must name a file: https://host/path, without '#'")
