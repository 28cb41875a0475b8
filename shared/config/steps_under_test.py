"""Which step a test is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.message import listed
from shared.domain.pipeline import DqStep, IngestStep, Recipe, Step, TransformStep
from shared.domain.pipeline_tests import PipelineTest

Found = tuple[Recipe, DqStep | TransformStep]


@dataclass(frozen=True)
class StepSearch:
    """The tenant's pipelines by path, such as `gcp/cost/export`; None for one that is wrong."""

    recipes: Mapping[str, Recipe | None]

    def find(
        self, test: PipelineTest, pipeline: str | None, *, place: Place, pipeline_place: Place
    ) -> Found | ConfigProblem | None:
        """The step, or why there is none; None where what is wrong is a problem of its own already."""
        if pipeline is not None and pipeline not in self.recipes:
            known = tuple(self.recipes)
            return pipeline_place.unknown(
                kinds.UNKNOWN_FILE, pipeline, known, what="a pipeline of this tenant"
            )
        if test.step is None:
            return self._by_file(test, pipeline, place)
        if pipeline is None:
            message = f"'{test.step}' is a step of some pipeline; say of which with 'pipeline'"
            return place.at("step").problem(kinds.TEST_OF_NOTHING, message)
        recipe = self.recipes[pipeline]
        return None if recipe is None else _by_id(test.step, recipe, place.at("step"))

    def _by_file(
        self, test: PipelineTest, pipeline: str | None, place: Place
    ) -> Found | ConfigProblem | None:
        """The one step that runs the file that the test names."""
        word, name = ("transform", test.transform) if test.transform else ("rules", test.rules or "")
        chosen = {path: each for path, each in self.recipes.items() if pipeline in (None, path)}
        steps = [
            (recipe, step)
            for recipe in chosen.values()
            if recipe is not None
            for step in recipe.pipeline.steps
            if not isinstance(step, IngestStep) and _file_of(step, word) is not None
        ]
        found = [each for each in steps if _file_of(each[1], word) == name]
        if len(found) == 1:
            return found[0]
        if found:
            named = listed([f"'{step.id}' of {_path(recipe)}" for recipe, step in found])
            message = f"several steps run '{name}': {named}; name one with 'pipeline' and 'step'"
            return place.at(word).problem(kinds.TEST_OF_NOTHING, message)
        if any(recipe is None for recipe in chosen.values()):
            return None
        known = {_file_of(step, word) or "" for _, step in steps}
        what = f"a file that a step of {pipeline or 'this tenant'} runs"
        return place.at(word).unknown(kinds.UNKNOWN_FILE, name, tuple(known), what=what)


def _path(recipe: Recipe) -> str:
    return recipe.address.text.partition("/")[2]


def _by_id(step_id: str, recipe: Recipe, place: Place) -> Found | ConfigProblem:
    step = next((each for each in recipe.pipeline.steps if each.id == step_id), None)
    if step is None:
        known = tuple(each.id for each in recipe.pipeline.steps if not isinstance(each, IngestStep))
        return place.unknown(kinds.UNKNOWN_STEP, step_id, known, what="a step of the pipeline")
    if isinstance(step, IngestStep):
        message = f"'{step_id}' is an ingest step; a test is about a transform or a dq step"
        return place.problem(kinds.TEST_OF_NOTHING, message)
    return recipe, step


def _file_of(step: Step, word: str) -> str | None:
    match step:
        case TransformStep() if word == "transform":
            return step.sql
        case DqStep() if word == "rules":
            return step.rules
        case _:
            return None
