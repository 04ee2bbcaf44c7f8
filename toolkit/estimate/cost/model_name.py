"""The name of a model in a WORKLOAD.yaml: of the shape catalogue, or a shape that it spells."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from toolkit.lines.spelling import nearest
from toolkit.resources.surroundings import complaint
from toolkit.shapes.catalogue import SHAPES, find_shape, why_no_shape
from toolkit.shapes.spelled import is_spelled


def _known(model: str) -> str:
    if find_shape(model) is not None:
        return model
    if is_spelled(model):
        problem = why_no_shape(model)
        raise complaint(problem.id, **problem.values)
    raise complaint("plan.unknown_model", model=model, nearest=nearest(model, SHAPES))


ModelName = Annotated[str, AfterValidator(_known)]
