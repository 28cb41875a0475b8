"""`python forking.py PROGRAM`: a command-line program, loaded once and forked for each of its commands.

A line of JSON on standard input asks, {"arguments": […], "env": {…}, "cwd": …, "stdout": path, "stderr": path}; the
command's exit status is the line that answers. Ends with its standard input. Google's `bq` runs so under the Cloud
SDK's own Python.
"""

import atexit
import gc
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn


def main(program: str) -> None:
    """Serve commands of `convergence`, or of the program whose `bq.py` is named."""
    prepare, run = _bq(program) if program.endswith("bq.py") else _convergence()
    sys.argv = [program]
    # What is loaded already is not looked through again by each fork, which would copy it page by page.
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["env"])
        prepare()
        pid = os.fork()
        if pid == 0:
            _be(asked)
            try:
                run()
            finally:
                _end(_status(sys.exc_info()[1]))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _bq(program: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """What gcloud says of its settings, which takes it a second, is asked for once for each environment."""
    sys.path.insert(0, os.path.dirname(program))
    sys.argv = [program]
    bq: Any = import_module("bq")
    gcloud: Any = import_module("utils.bq_gcloud_utils")
    settings: dict[tuple[tuple[str, str], ...], object] = {}

    def prepare() -> None:
        wanted = tuple(sorted(pair for pair in os.environ.items() if pair[0].startswith("CLOUDSDK_")))
        gcloud._config_cache = settings.get(wanted)
        settings[wanted] = gcloud.load_config()

    return prepare, bq.run_main


def _convergence() -> tuple[Callable[[], None], Callable[[], None]]:
    """Its commands are loaded too, and what they load when they are called."""
    main: Any = import_module("cli.main")
    for command in main.convergence.list_commands(None):
        main.convergence.get_command(None, command)
    for name in ("google.cloud.bigquery", "google.cloud.pubsub_v1", "shared.wiring"):
        import_module(name)
    return lambda: None, main.main


def _be(asked: dict[str, Any]) -> None:
    """Become the command that was asked for, as a shell would have started it."""
    files = [os.open(os.devnull, os.O_RDONLY)]
    files += [os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in ("stdout", "stderr")]
    for place, file in enumerate(files):
        os.dup2(file, place)
    os.chdir(asked["cwd"])
    sys.argv += asked["arguments"]


def _status(error: BaseException | None) -> int:
    """The exit status of what ended with an error, which is told as Python tells it, or without one."""
    match error:
        case None | SystemExit(code=None):
            return 0
        case SystemExit(code=int(status)):
            return status
        case SystemExit(code=words):
            print(words, file=sys.stderr)
        case _:
            traceback.print_exception(error)
    return 1


def _end(status: int) -> NoReturn:
    """End as Python ends, but for taking everything apart that was loaded, which takes longer than most commands."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1])
