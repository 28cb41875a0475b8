"""Who calls: BigQuery notes it in every job."""

from __future__ import annotations

from local.bigquery.web import Request
from local.identity.access_tokens import email_in


def caller(request: Request) -> str | None:
    """The e-mail address of the account whose token came with the request; None where there is no token of ours."""
    return email_in(request.headers.get("authorization", ""))
