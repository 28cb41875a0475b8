"""What can't be done here is refused by its name, and as a limit of the stand-in's."""

from __future__ import annotations

from local.bigquery.problem import ApiError

ORDER_OF_RANGES = "an order of RANGE values"


def refused(construct: str) -> ApiError:
    """The refusal of a construct that BigQuery has and the stand-in has not."""
    return ApiError(
        "notImplemented", f"The local stand-in for BigQuery does not have {construct}.", location="query"
    )
