"""`python -m local.samples.keep_billing_export`: have the sample billing export hold the days up to yesterday.

So the example tenant's pipeline finds on a laptop what Google exports in the cloud, and goes on finding it on other
days. A table with anything else in it is somebody's own, and stays as it is.
"""

import argparse
import http.client
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import IO

from google.api_core.exceptions import BadRequest, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from local.samples.gcp_billing_export import rows
from local.samples.load_billing_export import DATASET, RETRY, SEED, TABLE, load_rows, write_rows

_DAYS = 14
"""How many of them at first: who wants more loads more by hand."""
_MOST_DAYS_BEHIND = 35
"""A table that is further behind is made anew."""
_MOST_DAYS = 200
"""More than anybody has loaded of the sample: a longer table isn't compared with it."""
_LOOK_AGAIN_SECONDS = 0.02
# For what hangs.
_SECONDS = 600.0
_HELD = "SELECT MIN(DATE(export_time)), MAX(DATE(export_time)), COUNT(*) FROM `{}`"


def keep_billing_export(client: bigquery.Client, *, yesterday: date, first: IO[bytes] | None = None) -> bool:
    """Make the table, or add the days that it lacks; whether anything was written.

    `first` are the rows that a table which is made gets, where they were written already.
    """
    name = f"{client.project}.{DATASET}.{TABLE}"
    try:
        client.get_table(name, retry=RETRY)
    except NotFound:
        return _make(client, yesterday, spool=first)
    try:
        held = client.query_and_wait(_HELD.format(name), retry=RETRY)
    except BadRequest:
        return False
    first_day, last_day, row_count = next(iter(held)).values()
    if not row_count or last_day >= yesterday or not _is_sample(first_day, last_day, row_count=row_count):
        return False
    if yesterday - last_day > timedelta(days=_MOST_DAYS_BEHIND):
        return _make(client, yesterday, spool=None)
    with tempfile.TemporaryFile() as spool:
        write_rows(spool, first_day=last_day + timedelta(days=1), last_day=yesterday)
        load_rows(client, spool, dataset=DATASET, table=TABLE, adds=True)
    return True


def write_first(spool: IO[bytes], yesterday: date) -> None:
    """The rows of a table that is made."""
    write_rows(spool, first_day=yesterday - timedelta(days=_DAYS - 1), last_day=yesterday)


def _make(client: bigquery.Client, yesterday: date, *, spool: IO[bytes] | None) -> bool:
    if spool is not None:
        load_rows(client, spool, dataset=DATASET, table=TABLE)
        return True
    with tempfile.TemporaryFile() as written:
        write_first(written, yesterday)
        return _make(client, yesterday, spool=written)


def _is_sample(first_day: date, last_day: date, *, row_count: int) -> bool:
    """Whether a table with so many rows of these days is the sample."""
    if last_day - first_day > timedelta(days=_MOST_DAYS):
        return False
    return row_count == sum(1 for _ in rows(first_day=first_day, last_day=last_day, seed=SEED))


def main() -> None:
    """Fill the stand-in as soon as it answers."""
    parser = argparse.ArgumentParser(prog="python -m local.samples.keep_billing_export", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the BigQuery stand-in on this machine")
    parser.add_argument("--project", required=True)
    parser.add_argument("--anew", action="store_true", help="the stand-in holds nothing, so begin at once")
    asked = parser.parse_args()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with tempfile.TemporaryFile() as spool:
        if asked.anew:
            write_first(spool, yesterday)
        _await_answer(asked.port)
        # The stand-in asks nobody who they are, and the endpoint that gives tokens may not be up yet.
        client = bigquery.Client(
            project=asked.project,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": f"http://127.0.0.1:{asked.port}"},
        )
        if keep_billing_export(client, yesterday=yesterday, first=spool if asked.anew else None):
            print(f"✓ {asked.project}.{DATASET}.{TABLE} holds the sample billing export up to {yesterday}")


def _await_answer(port: int) -> None:
    give_up_at = time.monotonic() + _SECONDS
    while time.monotonic() < give_up_at:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        try:
            connection.request("GET", "/bigquery/v2/projects")
            if connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return
        except OSError:
            time.sleep(_LOOK_AGAIN_SECONDS)
        finally:
            connection.close()


if __name__ == "__main__":
    main()
