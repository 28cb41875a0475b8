"""Builds the World, once per instance. Clients are made when they are first needed."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial
from time import sleep
from typing import TYPE_CHECKING

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_keys import BigQueryKeys
from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_probes import BigQueryProbes
from shared.adapters.bigquery_tables import BigQueryTables
from shared.adapters.clock import SystemClock
from shared.adapters.counted_strangers import CountedStrangers
from shared.adapters.fresh_grants import FreshGrants, dataset_made_at
from shared.adapters.google_errors import translated
from shared.adapters.google_tokens import GoogleCertificates, GoogleTokens
from shared.adapters.own_account import own_credentials
from shared.adapters.pubsub_publisher import PubSubPublisher
from shared.adapters.tenant_accounts import TenantAccounts
from shared.domain.ids import METADATA_DATASET, TenantId
from shared.log import set_level
from shared.ports import World
from shared.settings import Settings, read_settings
from shared.storage import build_configs, build_reader
from shared.usecases.create_metadata import create_metadata
from shared.usecases.prove_log import prove_log

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.cloud import bigquery

_KEPT_CLIENTS = 64
"""Of how many tenants one instance keeps the BigQuery client."""


@cache
def settings() -> Settings:
    """The environment's settings, read once."""
    return read_settings()


@cache
def world() -> World:
    """The one World of this instance."""
    return build_world(settings())


def build_world(settings: Settings) -> World:
    """A World over Google's client libraries, which find the stand-ins by their own environment variables."""
    # Imported here so that a function which needs no World doesn't pay for them.
    from google.auth.transport.requests import Request
    from google.cloud.pubsub_v1 import PublisherClient

    set_level(settings.log_level)
    own = our_credentials(settings)
    client = bigquery_client(settings, own)
    clock = SystemClock()
    accounts = TenantAccounts(own, project=settings.project, iam_credentials_url=settings.iam_credentials_url)
    tenants = tenant_clients(settings, accounts)
    grants = FreshGrants(partial(dataset_made_at, tenants), clock=clock)
    return World(
        clock=clock,
        log=BigQueryLog(client, dataset=METADATA_DATASET),
        publisher=PubSubPublisher(PublisherClient(), project=settings.project, topic=settings.steps_topic),
        warehouse=BigQueryJobs(tenants, grants=grants),
        tables=BigQueryTables(client),
        configs=build_configs(settings),
        keys=BigQueryKeys(client, dataset=METADATA_DATASET, refresh_after=settings.key_refresh, clock=clock),
        strangers=CountedStrangers(clock),
        tokens=GoogleTokens(
            GoogleCertificates(Request(), url=settings.oidc_certs_url, clock=clock),
            audience=settings.triggers_audience,
        ),
        reader=build_reader(settings, accounts, grants=grants),
    )


def our_credentials(settings: Settings) -> "Credentials":
    """Those this process runs as. Raises as BigQuery's client would, whose first need of them is."""
    with translated("connect to BigQuery"):
        return own_credentials(universe_domain=settings.universe_domain)


def bigquery_client(settings: Settings, credentials: "Credentials") -> "bigquery.Client":
    """A BigQuery client with these credentials. Short reads ask for no job."""
    from google.cloud import bigquery

    from shared.adapters.google_http import GoogleHttp

    with translated("connect to BigQuery"):
        return bigquery.Client(
            project=settings.project,
            location=settings.location,
            credentials=credentials,
            # Said outright: told no address, the client knows BigQuery's in Google's own universe only.
            client_options={"api_endpoint": settings.bigquery_url},
            default_job_creation_mode="JOB_CREATION_OPTIONAL",
            # Anything that has a session's `request` will do ("_http" of the client's reference).
            _http=GoogleHttp(credentials, url=settings.bigquery_url),  # type: ignore[arg-type]
        )


def tenant_clients(settings: Settings, accounts: TenantAccounts) -> "Callable[[TenantId], bigquery.Client]":
    """A BigQuery client for each tenant, kept with its connections and its token."""

    @lru_cache(_KEPT_CLIENTS)
    def client_of(tenant_id: TenantId) -> "bigquery.Client":
        return bigquery_client(settings, accounts.credentials(tenant_id))

    return client_of


def set_up_metadata(settings: Settings) -> Iterator[str]:
    """Create or verify the metadata dataset, tables and views, and prove that the log keeps what it is given.

    A line about each, for the person who asked.
    """
    client = bigquery_client(settings, our_credentials(settings))
    yield "✓ BigQuery client initialized"
    yield from create_metadata(
        dataset=METADATA_DATASET,
        project=settings.project,
        location=settings.location,
        tables=BigQueryTables(client),
    )
    yield from prove_log(
        f"{settings.project}.{METADATA_DATASET}.run_events",
        lasting=settings.log_proof,
        probes=BigQueryProbes(client, dataset=METADATA_DATASET),
        clock=SystemClock(),
        wait=sleep,
    )
