"""Carries out dbt commands, each a line of standard input that holds a JSON list; the line `done` follows its output.

One process for all of them, because dbt takes nine seconds of processor time to be imported.
"""

import json
import sys

from dbt.cli.main import dbtRunner  # type: ignore[import-not-found]

runner = dbtRunner()
for line in sys.stdin:
    outcome = runner.invoke(json.loads(line))
    if outcome.exception is not None:
        print(outcome.exception)
    print("done", flush=True)
