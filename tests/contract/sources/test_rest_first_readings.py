"""The first readings of an instance, several at once."""

import subprocess
import sys

from tests.contract.sources.api import Answer
from tests.contract.sources.reading import Serve
from tests.stage import ROOT

# Each begins while those before it still import what reading takes.
READ_AT_ONCE = """
import sys
from threading import Timer

from shared.sources.rest_api.reading.rows import read_rest_api
from tests.contract.sources.reading import source
from tests.fakes.gates import LOCAL_GATE

wanted = source(sys.argv[1], "single_page")
settings = {"client": wanted.client, "resource_defaults": {}, "resources": list(wanted.resources)}
told = []


def read():
    rows = read_rest_api(wanted, settings, secrets=(), look=lambda: None, gate=LOCAL_GATE, first_pause_seconds=0)
    try:
        told.append(str(list(rows)))
    except BaseException as error:
        told.append(repr(error))


readings = [Timer(number * 0.06, read) for number in range(12)]
for each in readings:
    each.start()
for each in readings:
    each.join()
print(len(told), set(told))
"""


def test_the_first_readings_of_an_instance_may_come_at_once(serve: Serve) -> None:
    api = serve(lambda _: Answer({"data": [{"cost": "1.50"}]}))

    done = subprocess.run(
        [sys.executable, "-c", READ_AT_ONCE, api.url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "12 {\"[{'cost': '1.50'}]\"}\n"
