"""The speed model in the toolkit: its lines as a `Model`, its draws by the toolkit's Sobol points.

The inputs are normal or lognormal with the mean and the coefficient of variation of the file, and correlated
by a Gaussian copula. (The toolkit's own `draw` knows no correlations; engines are compared on the same draws,
so these are made here, once for all.)
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from tests.peers.formulas import FILE
from toolkit.lines.book import Book
from toolkit.lines.quantity import Quantity
from toolkit.projection.draws import scramble
from toolkit.projection.model import Model, assemble
from toolkit.projection.program import Array
from toolkit.projection.sobol import sobol
from toolkit.provenance import Source
from toolkit.text import Text

SOURCE = Source("assumption", "speed model")


def load_document() -> dict[str, Any]:
    """The file as it is."""
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def model() -> Model:
    """All lines of the file."""
    document, book = load_document(), Book(())
    for name, quantity in quantities(document).items():
        book.input(name, quantity, "1", Text.of(name), SOURCE)
    for name, value in document["constants"].items():
        book.input(name, Quantity.constant(value), "1", Text.of(name), SOURCE)
    for line in document["lines"]:
        book.formula(line["name"], line["formula"], "1", Text.of(line["name"]), opening=line["opening"])
    months = [f"{2027 + month // 12}-{month % 12 + 1:02d}" for month in range(document["months"])]
    return assemble(book, (), months, "USD")


def quantities(document: dict[str, Any]) -> dict[str, Quantity]:
    """The distribution of every uncertain input."""
    found = {}
    for name, entry in document["uncertain"].items():
        mean, cv = entry["central"], entry["cv"]
        if entry["distribution"] == "normal":
            found[name] = Quantity("normal", (mean, mean * cv))
        else:  # lognormal with this mean
            sigma = float(np.sqrt(np.log1p(cv**2)))
            found[name] = Quantity("lognormal", (float(np.log(mean)) - sigma**2 / 2, sigma))
    return found


def sample(seed: int, replicate: int, draws: int) -> dict[str, Array]:
    """The inputs of one replicate of scrambled Sobol points (a power of two): name → (draws,)."""
    from scipy.special import ndtri

    document = load_document()
    names = list(document["uncertain"])
    scores = np.empty((len(names), draws))
    for place, name in enumerate(names):
        key = hashlib.sha256(f"{seed}/{replicate}/{name}".encode()).digest()
        ndtri(
            scramble(sobol(place, np.arange(draws, dtype=np.uint32)), int.from_bytes(key[:4], "little")),
            out=scores[place],
        )
    correlated = np.linalg.cholesky(correlations(document)) @ scores
    values = {}
    for place, (name, quantity) in enumerate(quantities(document).items()):
        first, second = quantity.parameters
        values[name] = first + second * correlated[place]
        if quantity.distribution == "lognormal":
            np.exp(values[name], out=values[name])
    return values


def correlations(document: dict[str, Any]) -> Array:
    """The correlation matrix of the normal scores."""
    names = list(document["uncertain"])
    matrix = np.eye(len(names))
    for one, two, value in document["correlations"]:
        matrix[names.index(one), names.index(two)] = matrix[names.index(two), names.index(one)] = value
    return matrix
