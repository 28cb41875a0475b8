"""What came of tests, for programs: JSON, and the XML that JUnit writes and CI services read."""

from collections.abc import Sequence
from xml.etree import ElementTree

from cli.outcome_text import details, summary
from local.pipeline_tests.carry_out import Outcome

_REFUSED = {code: None for code in range(32) if chr(code) not in "\t\n\r"}
"""Characters that XML can't hold."""


def outcomes_json(outcomes: Sequence[Outcome], *, seconds: float) -> dict[str, object]:
    """All of them, in order."""
    failed = sum(each.failure is not None for each in outcomes)
    return {
        "passed": len(outcomes) - failed,
        "failed": failed,
        "seconds": round(seconds, 3),
        "tests": [_as_json(each) for each in outcomes],
    }


def _as_json(outcome: Outcome) -> dict[str, object]:
    test, failure = outcome.test, outcome.failure
    return {
        "tenant_id": test.plan.tenant_id,
        "name": test.name,
        "file": test.file,
        "line": test.line,
        "pipeline": test.address.text.partition("/")[2],
        "step": test.step.id,
        "outcome": "passed" if failure is None else "failed",
        "seconds": round(outcome.seconds, 3),
        "failure": None if failure is None else summary(failure),
        "details": [] if failure is None else details(failure),
    }


def junit_xml(outcomes: Sequence[Outcome], *, seconds: float) -> str:
    """A suite for each file of tests."""
    root = ElementTree.Element("testsuites", time=f"{seconds:.3f}")
    for file in dict.fromkeys(each.test.file for each in outcomes):
        own = [each for each in outcomes if each.test.file == file]
        failed = sum(each.failure is not None for each in own)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=file,
            tests=str(len(own)),
            failures=str(failed),
            time=f"{sum(each.seconds for each in own):.3f}",
        )
        for each in own:
            _add_case(suite, each)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ElementTree.Element, outcome: Outcome) -> None:
    test, failure = outcome.test, outcome.failure
    classname = (
        f"{test.plan.tenant_id}.{test.address.text.partition('/')[2].replace('/', '.')}.{test.step.id}"
    )
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=classname,
        name=test.name,
        file=test.file,
        line=str(test.line),
        time=f"{outcome.seconds:.3f}",
    )
    if failure is not None:
        said = summary(failure).translate(_REFUSED)
        found = ElementTree.SubElement(case, "failure", message=said)
        found.text = "\n".join((said, *details(failure))).translate(_REFUSED)
