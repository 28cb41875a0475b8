"""The `convergence` command."""

import click

from cli.installation import this_installation
from cli.lazy_group import Lazy, LazyGroup
from shared.streams import take_every_character

_COMMANDS = {
    "init": Lazy("cli.metadata:init", "Create or verify the metadata dataset, tables and views."),
    "tenant": Lazy("cli.tenants:tenant", "Add tenants and list them."),
    "key": Lazy("cli.keys:key", "Create, list and revoke API keys."),
    "run": Lazy("cli.run:run", "Run a pipeline, and follow it."),
    "plan": Lazy("cli.plan:plan", "Show what a run would do and cost, and start none."),
    "runs": Lazy("cli.runs:runs", "List runs, look at one, cancel one, do one again."),
    "backfill": Lazy("cli.backfill:backfill", "Run a pipeline for a range of days, chunk by chunk."),
    "backfills": Lazy("cli.backfills:backfills", "Look at a backfill, cancel one."),
    "files": Lazy("cli.files:files", "List a pipeline's files, and what is loaded of them."),
    "quarantine": Lazy("cli.quarantine:quarantine", "Look at rows that were set aside."),
    "cursors": Lazy("cli.cursors:cursors", "List how far a pipeline's sources are read."),
    "validate": Lazy("cli.validate:validate", "Check the configuration files."),
    "test": Lazy("cli.test:test", "Carry out the tests of pipelines."),
    "diff": Lazy("cli.diff:diff", "Show which pipelines would do something else than before."),
    "explain": Lazy("cli.explain:explain", "Say what the code of a problem means."),
    "schema": Lazy("cli.schema:schema", "Write the JSON Schemas of the files, for editors."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="convergence-data-pipeline", prog_name="convergence")
@click.pass_context
def convergence(ctx: click.Context) -> None:
    """Data pipelines for many tenants: configured in YAML, run as BigQuery jobs.

    \b
    From nothing to the first run:
      convergence init
      convergence tenant add acme_corp_001
      convergence key create acme_corp_001
      convergence run acme_corp_001/gcp/cost/export --follow

    Where the platform is comes from the environment: GCP_PROJECT_ID and its companions, which `source .local/env`
    sets for the platform that `make run` starts.
    """
    if ctx.obj is None:
        ctx.obj = this_installation()


def main() -> None:
    """The entry point; ends the process with the command's exit status."""
    take_every_character()
    convergence(prog_name="convergence")
