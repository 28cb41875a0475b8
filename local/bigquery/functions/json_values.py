"""Functions of JSON.

A JSON value is kept as Google's evaluator writes it: the members of an object in the order of their names' characters,
no blanks, numbers in their shortest form (1.0, 1e+20). Whatever stores JSON has to bring it into that form.
"""

from __future__ import annotations

from typing import Any

from local.bigquery.functions import json_parsing, json_reads, json_writes

SCALARS: dict[str, Any] = {**json_parsing.SCALARS, **json_reads.SCALARS, **json_writes.SCALARS}
AGGREGATES: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}
