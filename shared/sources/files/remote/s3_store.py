"""Objects of S3, and of servers that speak as it does ("Amazon S3 API Reference", docs.aws.amazon.com/AmazonS3)."""

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote, unquote_plus

import requests

from shared.domain.errors import StepError, TransientError
from shared.sources.files.addresses import ObjectAddress
from shared.sources.files.remote.copying import copy_answers
from shared.sources.files.remote.list_pages import list_pages
from shared.sources.files.remote.session import RemoteSession, host_of, length_of
from shared.sources.files.remote.store import GoneError, RemoteObject
from shared.sources.files.remote.xml_answer import XmlAnswer, parse_xml_answer

REGION_OF_OTHERS = "us-east-1"
"""What servers that have no regions expect a signature to name."""
_GONE = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchVersion"})
_PASSING = frozenset({"TemporaryRedirect", "OperationAborted", "RequestTimeout", "SlowDown", "InternalError"})
_WORDS_BY_CODE = {
    # "List of error codes" (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList).
    "InvalidAccessKeyId": "the server knows no key of that id; look at the secret of 'access_key_id'",
    "SignatureDoesNotMatch": "the secret of 'secret_access_key' is not the one of the key; store it anew",
    "ExpiredToken": "the secret of 'session_token' has expired; store a new one, or use a key that stays",
    "InvalidToken": "the secret of 'session_token' is none that the server knows",
    "InvalidObjectState": "it is in an archive; restore it, or move it to a class that can be read at once",
    "RequestTimeTooSkewed": "this machine's clock and the server's are apart",
    "AllAccessDisabled": "the bucket is disabled",
    "AccountProblem": "the account of the key has a problem that AWS can tell",
}


class S3Store:
    """One bucket."""

    def __init__(
        self, address: ObjectAddress, *, region: str | None, endpoint: str | None, session: RemoteSession
    ) -> None:
        self._address = address
        self._session = session
        self._root = _root(address.container, region, endpoint)

    def uri(self, name: str) -> str:
        """s3://bucket/name."""
        return self._address.uri(name)

    def objects(self, prefix: str, *, is_flat: bool) -> Iterator[RemoteObject]:
        """By ListObjectsV2, 1,000 at a time."""
        params = {"list-type": "2", "encoding-type": "url", "prefix": prefix}
        if is_flat:
            params["delimiter"] = "/"

        def page_from(token: str) -> XmlAnswer:
            return self._page({**params, **({"continuation-token": token} if token else {})})

        for page in list_pages(page_from, mark_after=_token_after, listed=str(self._address)):
            yield from (_object(item) for item in page.items if not item.get("Key", "/").endswith("/"))

    def stored(self, name: str) -> RemoteObject | None:
        """As the answer to a request for it says, of which nothing is read."""
        response = self._session.ask(self._url(name), wanted=self.uri(name))
        if response.status_code != requests.codes.ok:
            try:
                raise self._refusal(response, self.uri(name))
            except GoneError:
                return None
        with response:
            return RemoteObject(name, length_of(response), response.headers.get("ETag"))

    def copy_to(self, file: IO[bytes], item: RemoteObject) -> None:
        """By GetObject."""
        name = self.uri(item.name)
        refused = copy_answers(self._session, self._url(item.name), file, version=item.version, name=name)
        if refused is not None:
            raise self._refusal(refused, name)

    def _url(self, name: str) -> str:
        return f"{self._root}/{quote(name, safe='/-_.~')}"

    def _page(self, params: dict[str, str]) -> XmlAnswer:
        wanted = f"the list of {self._address}"
        response = self._session.ask(f"{self._root}/", wanted=wanted, params=params)
        if response.status_code != requests.codes.ok:
            raise self._refusal(response, str(self._address), is_list=True)
        try:
            return parse_xml_answer(self._session.body(response, wanted=wanted), item="Contents")
        except ValueError as error:
            raise StepError(
                f"{host_of(response)} answered for {wanted} in another way than S3 does; look at 'endpoint'"
            ) from error

    def _refusal(self, response: requests.Response, name: str, *, is_list: bool = False) -> Exception:
        """What an answer means that is no success."""
        said = self._error(response, name)
        code = said.get("Code", "")
        region = response.headers.get("x-amz-bucket-region") or said.get("Region")
        if code in _GONE or (response.status_code == requests.codes.not_found and not code):
            return GoneError()
        if code in _PASSING:
            return TransientError(
                f"{host_of(response)} answered {code}, asked for {name}", kind="unavailable"
            )
        words = _WORDS_BY_CODE.get(code)
        if code in ("PermanentRedirect", "AuthorizationHeaderMalformed") or response.is_redirect:
            where = f"; its region is {self._session.quote(region)}" if region else ""
            words = f"the bucket is in another region than 'region' says{where}"
        elif words is None and response.status_code in (401, 403):
            words = self._forbidden(is_list=is_list)
        if words is None:
            quoted = self._session.quote(": ".join(filter(None, (code, said.get("Message", "")))))
            words = f"{host_of(response)} answered {response.status_code}{f' ({quoted})' if quoted else ''}"
        return StepError(f"{name} can't be read: {words}")

    def _forbidden(self, *, is_list: bool) -> str:
        if not self._session.shows_credentials:
            return "it is not public; set 'credentials'"
        if is_list:
            return "the credentials do not allow to list the bucket; allow them s3:ListBucket"
        # S3 tells only those who may list whether there is such an object.
        return "the credentials do not allow it, or it is not there; allow them s3:GetObject on it"

    def _error(self, response: requests.Response, name: str) -> dict[str, str]:
        try:
            return parse_xml_answer(self._session.body(response, wanted=name)).said
        except ValueError:
            return {}


def _root(bucket: str, region: str | None, endpoint: str | None) -> str:
    if endpoint is not None:
        return f"{endpoint.rstrip('/')}/{bucket}"
    domain = "amazonaws.com.cn" if (region or "").startswith("cn-") else "amazonaws.com"
    # A certificate's star stands for no dot.
    dotted = "." in bucket
    host = f"s3.{region}.{domain}"
    return f"https://{host}/{bucket}" if dotted else f"https://{bucket}.{host}"


def _token_after(page: XmlAnswer) -> str | None:
    if page.said.get("IsTruncated") != "true":
        return None
    return page.said.get("NextContinuationToken", "")


def _object(item: dict[str, str]) -> RemoteObject:
    size = item.get("Size", "")
    return RemoteObject(unquote_plus(item["Key"]), int(size) if size.isdigit() else None, item.get("ETag"))
