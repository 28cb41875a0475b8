"""Objects of Azure Blob Storage ("Blob Storage REST API", learn.microsoft.com/rest/api/storageservices)."""

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

import requests

from shared.domain.errors import StepError
from shared.sources.files.addresses import ObjectAddress
from shared.sources.files.remote.azure_signature import API_VERSION
from shared.sources.files.remote.copying import copy_answers
from shared.sources.files.remote.list_pages import list_pages
from shared.sources.files.remote.session import RemoteSession, host_of, length_of
from shared.sources.files.remote.store import GoneError, RemoteObject
from shared.sources.files.remote.xml_answer import XmlAnswer, parse_xml_answer

HEADERS = {"x-ms-version": API_VERSION}
_GONE = frozenset({"BlobNotFound", "ContainerNotFound", "ResourceNotFound"})
_WORDS_BY_CODE = {
    # "Blob Storage error codes", "Common REST API error codes" (…/rest/api/storageservices).
    "AuthenticationFailed": "the account does not know the credentials, or they have expired; store them anew",
    "AuthorizationFailure": "the credentials, or the account's network rules, do not allow it",
    "AuthorizationPermissionMismatch": "the credentials do not allow it",
    "AuthorizationResourceTypeMismatch": "the credentials do not allow it: the token is not for containers and objects",
    "AuthorizationServiceMismatch": "the credentials do not allow it: the token is not for blobs",
    "AuthorizationSourceIPMismatch": "the token does not allow it from this machine's address",
    "BlobArchived": "it is in the archive tier; move it to one that can be read at once",
    "InvalidAuthenticationInfo": "the account does not know the credentials; store them anew",
    "KeyBasedAuthenticationNotPermitted": "the account does not allow account keys; use a 'sas_token'",
    "NoAuthenticationInformation": "it is not public; set 'credentials'",
    "PublicAccessNotPermitted": "it is not public; set 'credentials'",
}


class AzureStore:
    """One container; `root` is its address, without a slash at the end."""

    def __init__(self, address: ObjectAddress, *, root: str, session: RemoteSession) -> None:
        self._address = address
        self._session = session
        self._root = root

    def uri(self, name: str) -> str:
        """az://container/name."""
        return self._address.uri(name)

    def objects(self, prefix: str, *, is_flat: bool) -> Iterator[RemoteObject]:
        """By List Blobs, up to 5,000 at a time."""
        params = {"restype": "container", "comp": "list", "prefix": prefix}
        if is_flat:
            params["delimiter"] = "/"

        def page_from(marker: str) -> XmlAnswer:
            return self._page({**params, **({"marker": marker} if marker else {})})

        for page in list_pages(page_from, mark_after=_marker_after, listed=str(self._address)):
            yield from (_object(item) for item in page.items if _is_file(item))

    def stored(self, name: str) -> RemoteObject | None:
        """As the answer to a request for it says, of which nothing is read."""
        response = self._session.ask(self._url(name), wanted=self.uri(name))
        with response:
            if response.status_code == requests.codes.ok:
                return RemoteObject(name, length_of(response), response.headers.get("ETag"))
            refusal = self._refusal(response, self.uri(name))
        if isinstance(refusal, GoneError):
            return None
        raise refusal

    def copy_to(self, file: IO[bytes], item: RemoteObject) -> None:
        """By Get Blob."""
        name = self.uri(item.name)
        refused = copy_answers(self._session, self._url(item.name), file, version=item.version, name=name)
        if refused is not None:
            refused.close()
            raise self._refusal(refused, name)

    def _url(self, name: str) -> str:
        return f"{self._root}/{quote(name, safe='/-_.~')}"

    def _page(self, params: dict[str, str]) -> XmlAnswer:
        wanted = f"the list of {self._address}"
        response = self._session.ask(self._root, wanted=wanted, params=params)
        if response.status_code != requests.codes.ok:
            response.close()
            raise self._refusal(response, str(self._address))
        try:
            # A byte-order mark comes first, which expat knows.
            return parse_xml_answer(self._session.body(response, wanted=wanted), item="Blob")
        except ValueError as error:
            raise StepError(
                f"{host_of(response)} answered for {wanted} in another way than Azure does; look at 'endpoint'"
            ) from error

    def _refusal(self, response: requests.Response, name: str) -> Exception:
        """What an answer means that is no success."""
        code = response.headers.get("x-ms-error-code", "")
        if code in _GONE or (response.status_code == requests.codes.not_found and not code):
            return GoneError()
        words = _WORDS_BY_CODE.get(code)
        if words is None:
            quoted = f" ({self._session.quote(code)})" if code else ""
            words = f"{host_of(response)} answered {response.status_code}{quoted}"
        return StepError(f"{name} can't be read: {words}")


def _marker_after(page: XmlAnswer) -> str | None:
    return page.said.get("NextMarker") or None


def _is_file(item: dict[str, str]) -> bool:
    # Accounts with a hierarchy of folders list these too.
    return item.get("ResourceType") != "directory" and not item.get("Name", "/").endswith("/")


def _object(item: dict[str, str]) -> RemoteObject:
    size, tag = item.get("Content-Length", ""), item.get("Etag", "").strip('"')
    return RemoteObject(item["Name"], int(size) if size.isdigit() else None, f'"{tag}"' if tag else None)
