"""The reference models, one file each: a file in this folder with a `MODEL` is all it takes to add one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import cast

from toolkit.benchmark.reference_model import ReferenceModel


@cache
def reference_models() -> MappingProxyType[str, ReferenceModel]:
    """Every size of every reference model by its name, in the order of the files."""
    found: dict[str, ReferenceModel] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        model = cast(ReferenceModel, importlib.import_module(f"{__name__}.{module}").MODEL)
        for name in model.sizes:
            if name in found:
                raise ValueError(f"two reference models are called {name}")
            found[name] = model
    return MappingProxyType(found)
