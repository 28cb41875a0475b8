"""Plans of every shape: chains, forks, joins."""

from functools import cache

from hypothesis import strategies as st

from shared.config.standard_tables import standard_table
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.ids import RunId, pipeline_id
from shared.domain.parameter import ParameterValue
from shared.domain.plan import Plan, PlannedDq, PlannedIngest, PlannedStep, PlannedTransform, StepType
from shared.domain.rules.not_null import NotNullRule
from shared.domain.source import FilesSource

TENANTS = ("acme", "umbrella")
PIPELINES = ("export", "import")
RAW = standard_table("raw_data")
FIRST_RUN = RunId("019a3cd5-8800-7000-8000-000000000001")


CONCURRENT_RUNS = st.none() | st.integers(1, 50)
ROWS_OF = st.none() | st.just(FIRST_RUN)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of one to four steps, each needing any of those before it."""
    count = draw(st.integers(1, 4))
    tenant = draw(st.sampled_from(TENANTS))
    return Plan(
        tenant_id=tenant,
        pipeline_id=pipeline_id(tenant, "gcp", "cost", draw(st.sampled_from(PIPELINES))),
        location="US",
        timeout_seconds=draw(st.integers(60, 86_400)),
        max_bytes_billed=10_485_760,
        concurrent_runs=draw(CONCURRENT_RUNS),
        rows_of=draw(ROWS_OF),
        parameters=(ParameterValue(name="region", type="string", text=draw(st.text(max_size=3))),),
        steps=tuple(
            step(number, draw(st.sampled_from(("ingest", "dq", "transform"))), needs=draw(_needs(number)))
            for number in range(1, count + 1)
        ),
    )


@cache
def _needs(number: int) -> st.SearchStrategy[tuple[str, ...]]:
    earlier = [f"step_{before}" for before in range(1, number)]
    if not earlier:
        return st.just(())
    return st.lists(st.sampled_from(earlier), unique=True).map(lambda needs: tuple(sorted(needs)))


def step(number: int, step_type: StepType, *, needs: tuple[str, ...]) -> PlannedStep:
    """A step of that type."""
    name = f"step_{number}"
    match step_type:
        case "ingest":
            return PlannedIngest(
                number=number,
                id=name,
                needs=needs,
                source_name="files",
                source=FilesSource(type="files", path="a.csv", format="csv"),
                destination=IngestDestination(table="raw_data", mode="append"),
                table=RAW,
            )
        case "dq":
            return PlannedDq(
                number=number,
                id=name,
                needs=needs,
                table=RAW,
                rules=(NotNullRule(id="present", type="not_null", column="data.a"),),
                scope="run",
                on_failure="stop",
            )
        case "transform":
            return PlannedTransform(
                number=number,
                id=name,
                needs=needs,
                sql_name="costs",
                sql="SELECT 1",
                destination=TransformDestination(table="raw_data", mode="append"),
                table=RAW,
            )
