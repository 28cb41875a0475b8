"""Run by the Cloud SDK's own Python: `bq`, loaded once and forked for each command.

A line of JSON on standard input asks, {"arguments": […], "env": {…}, "cwd": …, "stdout": path, "stderr": path}; the
command's exit status is the line that answers. What gcloud says of its settings, which takes it a second, is asked for
once for each environment. Ends with its standard input.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any


def main(folder: str) -> None:
    """Serve commands of the program whose `bq.py` is in the folder."""
    sys.path.insert(0, folder)
    sys.argv = [os.path.join(folder, "bq.py")]
    bq: Any = import_module("bq")
    gcloud: Any = import_module("utils.bq_gcloud_utils")
    settings: dict[tuple[tuple[str, str], ...], object] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["env"])
        wanted = tuple(sorted(pair for pair in asked["env"].items() if pair[0].startswith("CLOUDSDK_")))
        gcloud._config_cache = settings.get(wanted)
        settings[wanted] = gcloud.load_config()
        pid = os.fork()
        if pid == 0:
            _be(asked)
            bq.run_main()
            sys.exit(0)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be(asked: dict[str, Any]) -> None:
    """Become the command that was asked for, as a shell would have started it."""
    files = [os.open(os.devnull, os.O_RDONLY)]
    files += [os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in ("stdout", "stderr")]
    for place, file in enumerate(files):
        os.dup2(file, place)
    os.chdir(asked["cwd"])
    sys.argv += asked["arguments"]


if __name__ == "__main__":
    main(sys.argv[1])
