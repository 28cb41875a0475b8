"""A group of commands that imports a command's module only when that command is asked for."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from cli.errors import told_plainly


@dataclass(frozen=True)
class Lazy:
    """Where a command is defined, as `module:name`, and the line that the group's help says about it."""

    target: str
    summary: str


class LazyGroup(click.Group):
    """Help and version are there at once, because models and client libraries are not imported for them.

    A subclass, because that is the one way click has for it ("Lazily Loading Subcommands" in its documentation).
    """

    def __init__(self, *arguments: Any, lazy: Mapping[str, Lazy], **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order they are declared."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now; None if there is none of that name."""
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return None
        module, _, name = lazy.target.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the table of commands is ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, from their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in self._lazy.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what goes wrong is told in a line, not in a stack trace."""
        with told_plainly():
            return super().invoke(ctx)
