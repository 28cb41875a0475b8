"""Who may use which bucket: as much of it as a stand-in can know.

Whoever works on this machine may do anything: calls without a token, and those of the platform's own account. A
tenant's account may use a bucket unless the bucket has an IAM policy that doesn't name it; roles aren't told apart.
"""

import re
from collections.abc import Mapping
from typing import Any

from local.identity.access_tokens import email_in

_OF_ONE_BUCKET = re.compile(r"/(?:(?:upload|download)/)?storage/v1/b/([^/]+)(?:/o(?:/.*)?)?")
_OF_TWO_BUCKETS = re.compile(r"/(?:copyTo|rewriteTo)/b/")
_EVERYBODY = frozenset({"allUsers", "allAuthenticatedUsers"})


def refused_account(
    authorization: str, path: str, *, owner: str, policies: Mapping[str, Mapping[str, Any]]
) -> str | None:
    """The account that may not do this, None where it may; `policies` are the IAM policies by bucket."""
    email = email_in(authorization)
    if email is None or email == owner:
        return None
    matched = _OF_ONE_BUCKET.fullmatch(path)
    if matched is None or _OF_TWO_BUCKETS.search(path):
        return email
    bindings = policies.get(matched[1], {}).get("bindings") or []
    members = {member for binding in bindings for member in binding.get("members", ())}
    is_named = not members or f"serviceAccount:{email}" in members or not _EVERYBODY.isdisjoint(members)
    return None if is_named else email
