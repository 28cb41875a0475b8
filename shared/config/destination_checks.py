"""Where steps write, and that none of them takes away what another one wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from shared.config import kinds
from shared.config.column_checks import check_keys, check_window
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.sql_scope import reads_table
from shared.domain.column_path import path_names
from shared.domain.ids import TenantId
from shared.domain.pipeline import IngestStep, Pipeline, Step, TransformStep
from shared.domain.planning import needs_of
from shared.domain.quarantine import quarantine_name
from shared.domain.source import Source
from shared.domain.table import OF_THE_RUN, SOURCE_FILE, Table

Writer = IngestStep | TransformStep
_APART = "give each a pipeline or a table of its own"


def check_destination(
    step: Writer, table: Table, pipeline: Pipeline, *, place: Place
) -> Iterator[ConfigProblem]:
    """Windows and keys that name what is not there."""
    here = place.at("destination")
    if step.destination.window is not None:
        yield from check_window(step.destination.window, pipeline, here.at("window"), table=table)
    yield from check_keys(step.destination.keys, table, here.at("keys"))
    if isinstance(step, IngestStep) and not table.own_columns:
        yield here.at("table").problem(
            kinds.WRONG_DESTINATION, f"'{table.name}' has no column of its own to fill"
        )


def check_files_loaded(
    step: IngestStep, source: Source, table: Table, *, place: Place
) -> Iterator[ConfigProblem]:
    """What a destination lacks for a source that loads only the files that are new or were changed."""
    if not source.needs.by_file:
        return
    here = place.at("destination")
    if step.destination.mode != "append":
        yield here.at("mode").problem(
            kinds.WRONG_DESTINATION,
            f"'{step.destination.mode}' would take away the rows of files that '{step.source}' doesn't load again; "
            "use append, with which a file's rows take the place of its earlier ones, or 'load: all' in the source",
        )
    for name, why in _BY_FILE.items():
        use = f"'{step.source}' tells {why}; declare it, or use 'load: all' in the source"
        yield from _check_text_column(name, table, here.at("table"), use=use)


def check_going_on(
    step: IngestStep, source: Source, table: Table, *, place: Place
) -> Iterator[ConfigProblem]:
    """What a destination lacks for a source that goes on from where an earlier run ended."""
    if not source.needs.goes_on:
        return
    here = place.at("destination")
    if step.destination.mode != "merge":
        reason = (
            "would take away the rows of earlier runs"
            if step.destination.mode == "replace"
            else "would hold rows twice"
        )
        yield here.at("mode").problem(
            kinds.WRONG_DESTINATION,
            f"'{step.destination.mode}' {reason}: '{step.source}' goes on from where an earlier run ended, and reads "
            "its last rows again; use 'mode: merge' with 'keys', the columns or paths that make a row the same row",
        )
    for index, key in enumerate(step.destination.keys):
        if path_names(key)[0] in OF_THE_RUN:
            yield here.at("keys", index).problem(
                kinds.WRONG_KEYS,
                f"'{key}' is another with every run, so that the rows that '{step.source}' reads again would be there "
                "twice; keys are what makes a row the same row in its source",
            )
    use = f"is known whose rows '{step.source}' goes on after; declare it"
    yield from _check_text_column("pipeline_id", table, here.at("table"), use=use)


def check_rows_set_aside(
    step: IngestStep, table: Table, tables: Mapping[str, Table], *, place: Place
) -> Iterator[ConfigProblem]:
    """What keeps rows that don't fit from being set aside so that each of them is there once."""
    if not step.destination.sets_aside:
        return
    here = place.at("destination", "schema", "breaking_rows")
    name = quarantine_name(table.name)
    if name in tables:
        yield here.problem(
            kinds.WRONG_DESTINATION,
            f"sets rows aside into '{name}', which is a table of schemas/; give that one another name",
        )
    if len(name) > _LONGEST_TABLE_NAME:
        yield here.problem(
            kinds.WRONG_DESTINATION,
            f"sets rows aside into a table whose name is longer than {_LONGEST_TABLE_NAME}",
        )
    if step.destination.window is not None:
        yield here.problem(
            kinds.WRONG_DESTINATION,
            "doesn't go with 'window': a row that doesn't fit may lie in no window, so that none would replace it; "
            "replace without a window, append, or use a source with 'load: changed'",
        )
    if step.destination.mode == "merge":
        yield here.problem(
            kinds.WRONG_DESTINATION,
            "doesn't go with 'mode: merge': a row that doesn't fit may have no keys, so that none would replace it; "
            "use append, or replace without a window",
        )
    if step.destination.mode == "replace" and not table.has("pipeline_id"):
        yield here.problem(
            kinds.WRONG_DESTINATION,
            f"needs a column 'pipeline_id' in '{table.name}', so that a replacement is about the same rows in both",
        )


def _check_text_column(name: str, table: Table, place: Place, *, use: str) -> Iterator[ConfigProblem]:
    column = table.column(name)
    if column is None or column.type != "STRING":
        yield place.problem(
            kinds.WRONG_DESTINATION,
            f"'{table.name}' has no column '{name}' of type STRING, by which {use}",
        )


_LONGEST_TABLE_NAME = 300
_BY_FILE = {SOURCE_FILE: "which file a row is of", "pipeline_id": "which pipeline loaded it"}


@dataclass(frozen=True)
class Writers:
    """The steps of a pipeline that write, and what they read."""

    steps: tuple[Step, ...]
    tenant_id: TenantId
    sources: Mapping[str, Source]
    transforms: Mapping[str, str]

    def problems(self, tables: Mapping[str, Table], place: Place) -> Iterator[ConfigProblem]:
        """Steps that write to one table, one of which takes away what the other wrote, in this run or the next."""
        writers = [
            (index, step)
            for index, step in enumerate(self.steps)
            if isinstance(step, IngestStep | TransformStep)
        ]
        for (first_index, first), (index, second) in combinations(writers, 2):
            table = tables.get(second.destination.table)
            if table is None or first.destination.table != table.name:
                continue
            reason = self._reason(first, second)
            if reason is not None:
                line = place.at("steps", first_index, "destination").line
                apart = self._goes_on(first) or self._goes_on(second)
                advice = _APART if apart else _advice(table, first, second)
                yield place.at("steps", index, "destination").problem(
                    kinds.TAKEN_ROWS,
                    f"step '{first.id}' ({line}) writes to {table.name} too: {reason}; {advice}",
                )

    def _reason(self, first: Writer, second: Writer) -> str | None:
        """Why the two can't both write to their table; None where they can."""
        by_file = [step for step in (first, second) if self._loads_by_file(step)]
        if len(by_file) == 1:
            return f"only '{by_file[0].id}' tells by file which rows are there already"
        going_on = next((step for step in (first, second) if self._goes_on(step)), None)
        if going_on is not None:
            return f"'{going_on.id}' goes on from where its source was read, and has to find its rows as it left them"
        if first.destination.mode == second.destination.mode == "append":
            return None
        earlier, later = (second, first) if self._needs(first, second) else (first, second)
        is_ordered = self._needs(later, earlier)
        modes = (earlier.destination.mode, later.destination.mode)
        if "replace" in modes:
            return None if is_ordered and self._rewrites(earlier, later) else _replaced(earlier, later)
        if "merge" in modes and not is_ordered:
            return "neither waits for the other, and it is left to chance which of two rows with the same keys stays"
        if modes == ("merge", "merge") and _keys(earlier) != _keys(later):
            return "each goes by other keys, so that one may update a row of the other's that is another row to it"
        return None

    def _loads_by_file(self, step: Writer) -> bool:
        source = self._source(step)
        return source is not None and source.needs.by_file

    def _goes_on(self, step: Writer) -> bool:
        source = self._source(step)
        return source is not None and source.needs.goes_on

    def _source(self, step: Writer) -> Source | None:
        return self.sources.get(step.source) if isinstance(step, IngestStep) else None

    def _rewrites(self, earlier: Writer, later: Writer) -> bool:
        """Whether a replacement keeps the other's rows, because it makes its own of those that the table has."""
        if later.destination.mode == "replace":
            return self._reads_own_table(later)
        return self._reads_own_table(earlier)

    def _reads_own_table(self, step: Writer) -> bool:
        table = step.destination.table
        if isinstance(step, TransformStep):
            sql = self.transforms.get(step.sql)
            # What can't be read has a problem of its own.
            return sql is None or reads_table(sql, table, self.tenant_id)
        source = self.sources.get(step.source)
        if source is None:
            return True
        if source.needs.query is not None:
            return reads_table(source.needs.query, table, self.tenant_id)
        return (source.needs.table or "").split(".")[-2:] == [self.tenant_id, table]

    def _needs(self, later: Writer, earlier: Writer) -> bool:
        """Whether a step needs another one, be it through others."""
        waiting, seen = [later.id], {later.id}
        index_by_id = {step.id: index for index, step in enumerate(self.steps)}
        while waiting:
            needs = set(needs_of(self.steps, index_by_id[waiting.pop()])) - seen
            if earlier.id in needs:
                return True
            seen |= needs
            waiting.extend(needs & set(index_by_id))
        return False


def _keys(step: Writer) -> frozenset[str]:
    return frozenset(step.destination.keys)


def _replaced(earlier: Writer, later: Writer) -> str:
    if later.destination.mode == "replace":
        both = earlier.destination.mode == "replace"
        return (
            "each replaces the other's rows" if both else f"'{later.id}' replaces the rows of '{earlier.id}'"
        )
    return f"'{earlier.id}' replaces the rows that '{later.id}' wrote in earlier runs"


def _advice(table: Table, first: Writer, second: Writer) -> str:
    if first.destination.mode == second.destination.mode == "append":
        return _APART
    if "replace" not in (first.destination.mode, second.destination.mode):
        return "let one need the other, and merge by the same keys"
    if table.has("pipeline_id"):
        return "give each a pipeline of its own, for a replacement touches only its own pipeline's rows"
    return "give each a table of its own, or put both into one SELECT with UNION ALL"
