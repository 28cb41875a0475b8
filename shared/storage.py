"""Where configuration, files and secrets are, by the settings: on disk, or in Google Cloud."""

from functools import partial
from typing import TYPE_CHECKING

from shared.adapters.bucket import Bucket
from shared.adapters.bucket_folder import BucketTree
from shared.adapters.cloud_secrets import CloudSecrets
from shared.adapters.egress.gate import Gate
from shared.adapters.files.bucket_files import OwnBucketFiles, TenantBucketFiles
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.readable_file import Files
from shared.adapters.folder_configs import FolderConfigs, disk_configs
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_errors import translated
from shared.adapters.source_reader import SourceReader
from shared.adapters.tenant_accounts import TenantAccounts
from shared.config.folder import Folder
from shared.domain.errors import StepError
from shared.domain.ids import TenantId
from shared.domain.storage_uri import StorageUri
from shared.domain.tenant_account import tenant_account
from shared.ports import Configs, Reader, Secrets
from shared.settings import GOOGLE_UNIVERSE, Settings

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.cloud import storage

_CONFIGS_PATIENCE_SECONDS = 10.0
"""Somebody waits for the answer of a request that needs the configuration."""
_FILES_PATIENCE_SECONDS = 60.0
"""A step that can't read its source has used up an attempt."""


def build_configs(settings: Settings) -> Configs:
    """The tenants' folders."""
    uri = settings.configs_uri
    if uri is None:
        return disk_configs(settings.configs_dir, settings.egress)
    return FolderConfigs(_bucket_tree(settings, uri).look, settings.egress)


def open_bucket_folder(settings: Settings, uri: StorageUri) -> Folder:
    """The tenants' folders in a bucket, as they are now."""
    return _bucket_tree(settings, uri).look()


def build_reader(settings: Settings, accounts: TenantAccounts, *, grants: FreshGrants) -> Reader:
    """The sources outside BigQuery."""
    bucket_files = TenantBucketFiles(
        bucket=partial(_tenant_bucket, settings, accounts),
        account=partial(tenant_account, project=settings.project),
        grants=grants,
    )
    return SourceReader(
        own_files=_own_files(settings),
        bucket_files=bucket_files,
        tenant_objects=bucket_files,
        secrets=_secrets(settings, accounts, grants=grants),
        gate=Gate(settings.egress),
    )


def _own_files(settings: Settings) -> Files:
    uri = settings.configs_uri
    if uri is None:
        return DiskFiles(settings.configs_dir, settings.files_dir)
    bucket = _own_bucket(settings, uri, patience_seconds=_FILES_PATIENCE_SECONDS)
    return OwnBucketFiles(bucket, _prefix(uri))


def _secrets(settings: Settings, accounts: TenantAccounts, *, grants: FreshGrants) -> Secrets:
    if settings.secrets_dir is not None:
        return FolderSecrets(settings.secrets_dir)
    return CloudSecrets(project=settings.project, credentials=accounts.credentials, grants=grants)


def _bucket_tree(settings: Settings, uri: StorageUri) -> BucketTree:
    bucket = _own_bucket(settings, uri, patience_seconds=_CONFIGS_PATIENCE_SECONDS)
    return BucketTree(bucket, _prefix(uri))


def _own_bucket(settings: Settings, uri: StorageUri, *, patience_seconds: float) -> Bucket:
    return Bucket(uri.bucket, client=partial(_client, settings), patience_seconds=patience_seconds)


def _tenant_bucket(settings: Settings, accounts: TenantAccounts, *, tenant_id: TenantId, name: str) -> Bucket:
    return Bucket(
        name,
        client=partial(_tenant_client, settings, accounts, tenant_id),
        patience_seconds=_FILES_PATIENCE_SECONDS,
    )


def _tenant_client(settings: Settings, accounts: TenantAccounts, tenant_id: TenantId) -> "storage.Client":
    if settings.universe_domain != GOOGLE_UNIVERSE and settings.storage_url is None:
        raise StepError(
            "gs:// can't be read here: there is no Cloud Storage beside this BigQuery. Put the file into the tenant's "
            "folder, or set STORAGE_EMULATOR_HOST"
        )
    return _client(settings, accounts.credentials(tenant_id))


def _client(settings: Settings, credentials: "Credentials | None" = None) -> "storage.Client":
    # Imported where the first object is asked for: configuration on disk needs none of it.
    from google.cloud import storage

    with translated("connect to Cloud Storage"):
        options = {"universe_domain": settings.universe_domain} if credentials else None
        return storage.Client(project=settings.project, credentials=credentials, client_options=options)


def _prefix(uri: StorageUri) -> str:
    return f"{uri.path}/" if uri.path else ""
