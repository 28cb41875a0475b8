"""Rules compiled as a step of the tenant `acme` has them."""

from shared.domain.plan import PlannedDq
from shared.domain.rule import Rule
from shared.domain.rules.compiled_rule import CompiledRule
from shared.domain.table import Table
from shared.steps.rule_query import subject_of
from tests.unit.steps.attempts import DAILY, PRICES, RAW

TABLES = {table.name: table for table in (RAW, DAILY, PRICES)}


def compiled_for(table: Table, rule: Rule, *, index: int = 0, scope: str = "run") -> CompiledRule:
    """The rule of that index of a step over the table."""
    step = PlannedDq(number=1, id="check", needs=(), table=table, rules=(), scope=scope, on_failure="stop")
    return rule.compiled(subject_of(step, index, dataset="acme", tables=TABLES))
