"""What a page and the workflow tell an operator to run is there to be run."""

import re
import subprocess

import pytest

from tests.stage import ROOT

PAGES = ["docs/FIRST_HOUR.md", "docs/DEPLOYMENT.md"]


def commands(page: str) -> list[str]:
    """The lines of the page's shell examples that call our own command line."""
    text = (ROOT / page).read_text().replace("\\\n", " ")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    return [found for block in blocks for found in re.findall(r"\bconvergence ([a-z][^)\n]*)", block)]


@pytest.mark.parametrize("page", PAGES)
def test_our_commands_and_their_options_exist(page: str) -> None:
    called = {
        (
            " ".join(re.findall(r"^[a-z]+(?: (?:create|list|revoke|show|add)\b)?", line)),
            tuple(re.findall(r"--[a-z-]+", line)),
        )
        for line in commands(page)
    }

    missing = [
        f"{name} {option}"
        for name, options in sorted(called)
        for help_text in [said_of(name)]
        for option in options
        if option not in help_text
    ]

    assert called
    assert missing == []


def said_of(command: str) -> str:
    told = subprocess.run(
        [ROOT / ".venv/bin/convergence", *command.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


def test_the_workflow_makes_what_the_makefile_has() -> None:
    workflow = (ROOT / ".github/workflows/deploy.yml").read_text()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)

    made = {word for line in re.findall(r"\bmake ([a-z -]+) ENV=", workflow) for word in line.split()}

    assert made == {"plan", "deploy", "for-an-environment", "setup", "bundle"}
    assert made <= set(targets)
    assert "-detailed-exitcode" in workflow
