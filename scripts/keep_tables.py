"""Take datasets, tables and secrets out of Terraform's hands, so that `terraform destroy` leaves them where they are.

    python scripts/keep_tables.py --imports FILE TERRAFORM...

TERRAFORM is the command, e.g. `terraform -chdir=terraform`. Lists what will stay and asks first. FILE is written before
anything is done: with it beside the other *.tf files, the next apply takes everything back. Exit status 1 where the
answer is not yes, or where Terraform fails.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEPT = ("google_bigquery_dataset", "google_bigquery_table", "google_secret_manager_secret")
"""What holds rows or values that nobody could make again. Views hold none, but stay with their dataset."""


def main(arguments: list[str]) -> int:
    """Ask, then forget. 0 when Terraform knows nothing of them any more."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--imports", type=Path, required=True, metavar="FILE")
    parser.add_argument("terraform", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    try:
        kept = dict(kept_resources(read_state(asked.terraform)))
        if not kept:
            print("Terraform holds no dataset, table or secret.")
            return 0
        print(
            "These stay, with all that is in them:",
            *(f"  {identity}" for identity in kept.values()),
            sep="\n",
        )
        print("Take them out of Terraform's state? Only 'yes' does: ", end="", flush=True)
        if sys.stdin.readline().strip() != "yes":
            print("Nothing was done.")
            return 1
        asked.imports.write_text(import_blocks(kept), encoding="utf-8")
        subprocess.run([*asked.terraform, "state", "rm", *kept], check=True)  # noqa: S603 - the caller's command
    except subprocess.CalledProcessError as error:
        print(f"Terraform failed, see above (exit status {error.returncode})", file=sys.stderr)
        return 1
    print(f"{asked.imports} puts them back: copy it beside the other *.tf files before the next apply.")
    return 0


def read_state(terraform: list[str]) -> dict[str, Any]:
    """What `terraform show` says of the state. Raises CalledProcessError."""
    shown = subprocess.run([*terraform, "show", "-json"], check=True, stdout=subprocess.PIPE)  # noqa: S603 - as above
    state: dict[str, Any] = json.loads(shown.stdout)
    return state


def kept_resources(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The address of each resource that stays, and the id that it is imported by."""
    modules = [state.get("values", {}).get("root_module", {})]
    while modules:
        module = modules.pop(0)
        modules.extend(module.get("child_modules", []))
        for resource in module.get("resources", []):
            if resource["mode"] == "managed" and resource["type"] in KEPT:
                yield resource["address"], resource["values"]["id"]


def import_blocks(kept: dict[str, str]) -> str:
    """Terraform text that takes the resources back."""
    blocks = (f'import {{\n  to = {address}\n  id = "{identity}"\n}}\n' for address, identity in kept.items())
    return "\n".join(blocks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
