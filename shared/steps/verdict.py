"""Whether a rule held, given its figure."""

from datetime import datetime
from decimal import Decimal

from shared.domain.rule import FreshnessRule, RowCountRule, Rule, RuleResult

_SECONDS_PER_HOUR = 3600
_HUNDRED = 100


def rule_result(
    rule: Rule, *, figure: str | int | bool | None, rows_checked: int, now: datetime
) -> RuleResult:
    """The rule's result, in words that hold no row's contents."""
    match rule:
        case RowCountRule():
            passed, message = _row_count(rule, rows_checked)
            failed = 0
        case FreshnessRule():
            passed, message = _freshness(rule, figure, now=now)
            failed = 0 if passed else rows_checked
        case _:
            failed = int(figure or 0)
            passed = _tolerated(rule, failed, rows_checked)
            message = f"{failed} of {rows_checked} rows {_breach(rule)}" if failed else "holds for every row"
    return RuleResult(
        rule_id=rule.id,
        rule_type=rule.type,
        severity=rule.severity,
        passed=passed,
        rows_checked=rows_checked,
        rows_failed=failed,
        message=message,
    )


def _tolerated(rule: Rule, failed: int, rows_checked: int) -> bool:
    if failed <= rule.max_failures:
        return True
    percent = rule.max_failure_percent
    return percent is not None and Decimal(failed) * _HUNDRED <= percent * rows_checked


def _row_count(rule: RowCountRule, rows: int) -> tuple[bool, str]:
    if rule.minimum is not None and rows < rule.minimum:
        return False, f"there are {rows} rows, at least {rule.minimum} are needed"
    if rule.maximum is not None and rows > rule.maximum:
        return False, f"there are {rows} rows, at most {rule.maximum} may be"
    return True, f"there are {rows} rows"


def _freshness(rule: FreshnessRule, newest: str | int | bool | None, *, now: datetime) -> tuple[bool, str]:
    if newest is None:
        return False, f"there is no {rule.column} to tell the age by"
    age_hours = (int(now.timestamp()) - int(newest)) / _SECONDS_PER_HOUR
    message = (
        f"the newest {rule.column} is {age_hours:.1f} hours old, at most {rule.max_age_hours} are allowed"
    )
    return age_hours <= rule.max_age_hours, message


def _breach(rule: Rule) -> str:
    match rule.type:
        case "not_null":
            return "have no value"
        case "unique":
            return "repeat another row's values"
        case "accepted_values":
            return "have a value that is not accepted"
        case "range":
            return "are out of range"
        case "regex":
            return "don't match the pattern"
        case _:
            return "don't satisfy the expression"
