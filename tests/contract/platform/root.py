"""A project folder with functions that only say what they were asked, to start a platform on."""

import textwrap
from pathlib import Path

_MAIN = '''
    """Functions that log what they are asked and do as the message says."""

    import base64
    import json
    import os


    def __getattr__(name):
        if name not in ("health", "runs", "triggers", "executor", "reconciler"):
            raise AttributeError(name)

        def answer(request):
            body = request.get_json(silent=True) or {}
            said = base64.b64decode(body.get("message", {}).get("data", "")).decode()
            row = {"action": name, "status": said, "pid": os.getpid(), "path": request.path}
            row["attempt"] = body.get("deliveryAttempt")
            print(json.dumps(row), flush=True)
            if said == "die at first" and row["attempt"] == 1:
                os._exit(9)
            is_refused = said == "refuse" or (said == "refuse but the dead" and request.path == "/")
            # The clock has to go on though it is refused as well.
            is_refused = is_refused or name == "reconciler"
            return {"function": name, "path": request.path}, 500 if is_refused else 200

        return answer
'''

_SCRIPT = '''
    """Stands for the script that creates the metadata tables."""

    from shared.settings import read_settings
    from shared.wiring import bigquery_client, our_credentials

    settings = read_settings()
    bigquery_client(settings, our_credentials(settings)).create_dataset("metadata", exists_ok=True)
    print("Created/verified metadata dataset")
'''


def make_root(folder: Path) -> Path:
    """Write main.py, scripts/ and configs/ and return the folder."""
    (folder / "scripts").mkdir(parents=True)
    (folder / "configs").mkdir()
    (folder / "main.py").write_text(textwrap.dedent(_MAIN))
    (folder / "scripts" / "init_metadata_tables.py").write_text(textwrap.dedent(_SCRIPT))
    return folder
