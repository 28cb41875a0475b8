"""Settings that point the `bq` command at the stand-in."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urlsplit

# bq asks for GoogleSQL in each command that takes SQL; its own default is legacy SQL.
_RC = """\
--api={api_url}
--project_id={project}
--oauth_access_token=local

[query]
--use_legacy_sql=false

[mk]
--use_legacy_sql=false

[update]
--use_legacy_sql=false
"""


def write_bq_settings(directory: Path, *, api_url: str, project: str) -> dict[str, str]:
    """Write what `bq` reads and return the environment in which plain `bq` commands use `api_url`.

    Nobody has to log in, and nothing of the person's own gcloud settings is read or changed.
    """
    directory = directory.resolve()
    gcloud = directory / "gcloud"
    gcloud.mkdir(parents=True, exist_ok=True)
    rc_file = directory / "bigqueryrc"
    rc_file.write_text(_discovery() + _RC.format(api_url=api_url, project=project))
    # The wrapper around bq wants some credential; the stand-in asks for none.
    token_file = directory / "access_token"
    token_file.write_text("local\n")
    return {
        "BIGQUERYRC": str(rc_file),
        "CLOUDSDK_CONFIG": str(gcloud),
        "CLOUDSDK_CORE_PROJECT": project,
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token_file),
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        # Looked for over the network, with a wait, on every call.
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "0",
        "GCE_METADATA_ROOT": urlsplit(api_url).netloc,
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
    }


def _discovery() -> str:
    """The line that has bq read the description of the API from its own installation.

    For any address but Google's it would ask that address, and the stand-in has no description to give.
    """
    command = shutil.which("bq")
    if command is None:
        return ""
    description = Path(command).resolve().parents[1] / "platform/bq/discovery_next/bigquery.json"
    return f"--discovery_file={description}\n" if description.is_file() else ""
