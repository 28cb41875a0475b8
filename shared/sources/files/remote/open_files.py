"""The files that a source names, wherever they are."""

from collections.abc import Mapping

from requests.auth import AuthBase, HTTPBasicAuth

from shared.adapters.files.readable_file import Files
from shared.adapters.source_access import SourceAccess
from shared.domain.errors import StepError
from shared.sources.files.addresses import parse_object_address, scheme_of
from shared.sources.files.remote.aws_signature import AwsSignature
from shared.sources.files.remote.azure_signature import access_by_key, shared_access
from shared.sources.files.remote.azure_store import HEADERS, AzureStore
from shared.sources.files.remote.object_files import ObjectFiles
from shared.sources.files.remote.s3_store import REGION_OF_OTHERS, S3Store
from shared.sources.files.remote.session import BearerToken, NoAuth, RemoteSession
from shared.sources.files.remote.web_files import WebFiles, WebStore
from shared.sources.files.source import FilesSource


def open_files(source: FilesSource, access: SourceAccess) -> Files:
    """The place whose files the source names by s3://, az:// or https://."""
    match scheme_of(source.path):
        case "s3://":
            return ObjectFiles(lambda: _s3(source, access))
        case "https://":
            return WebFiles(lambda: _web(source, access))
        case "az://":
            return ObjectFiles(lambda: _azure(source, access))
        case scheme:
            raise StepError(f"{scheme or 'a path'} is not read")


def _s3(source: FilesSource, access: SourceAccess) -> S3Store:
    shown = _shown(source, access)
    auth: AuthBase = NoAuth()
    if shown:
        auth = AwsSignature(
            key_id=shown["access_key_id"],
            secret=shown["secret_access_key"],
            session_token=shown.get("session_token"),
            region=source.region or REGION_OF_OTHERS,
        )
    return S3Store(
        parse_object_address(source.path),
        region=source.region,
        endpoint=source.endpoint,
        session=_session(access, auth, shown),
    )


def _azure(source: FilesSource, access: SourceAccess) -> AzureStore:
    address, account, shown = parse_object_address(source.path), source.account or "", _shown(source, access)
    auth: AuthBase = NoAuth()
    if "sas_token" in shown:
        auth = shared_access(shown["sas_token"])
    elif shown:
        auth = access_by_key(shown["account_key"], account=account, container=address.container)
    root = (source.endpoint or f"https://{account}.blob.core.windows.net").rstrip("/")
    session = _session(access, auth, shown, headers=HEADERS)
    return AzureStore(address, root=f"{root}/{address.container}", session=session)


def _web(source: FilesSource, access: SourceAccess) -> WebStore:
    shown = _shown(source, access)
    auth: AuthBase = NoAuth()
    if "bearer_token" in shown:
        auth = BearerToken(shown["bearer_token"])
    elif shown:
        # requests would write texts in Latin-1.
        auth = HTTPBasicAuth(shown["username"].encode(), shown["password"].encode())
    return WebStore(_session(access, auth, shown, follows=True))


def _session(
    access: SourceAccess,
    auth: AuthBase,
    shown: dict[str, str],
    *,
    follows: bool = False,
    headers: Mapping[str, str] | None = None,
) -> RemoteSession:
    return RemoteSession(
        access.gate,
        auth=auth,
        look=access.look,
        secrets=tuple(shown.values()),
        follows=follows,
        headers=headers,
        first_pause_seconds=access.first_pause_seconds,
    )


def _shown(source: FilesSource, access: SourceAccess) -> dict[str, str]:
    """The secrets, by the words of the credentials."""
    if source.credentials is None:
        return {}
    return {
        word: access.secrets.load(access.tenant_id, getattr(source.credentials, word).secret)
        for word in source.credentials.words
    }
