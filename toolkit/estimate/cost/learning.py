"""How many tokens a model needs to reach a loss, from a learning curve.

    loss = floor + a / N^α + b / D^β            N parameters, D tokens

The default is Hoffmann et al. 2022 ("Training Compute-Optimal Large Language Models", arXiv:2203.15556, §D.2:
1.69, 406.4, 0.34, 410.7, 0.28), in nats a token on MassiveText. A curve of one's own data, from a study with
small models, takes its place.
"""

from __future__ import annotations

from toolkit.estimate.cost.numbers import Amount, AmountOrZero, PositiveShare
from toolkit.resources.record import Record


class LearningCurve(Record):
    """The five constants of a curve."""

    floor: AmountOrZero = 1.69
    a: Amount = 406.4
    alpha: PositiveShare = 0.34
    b: Amount = 410.7
    beta: PositiveShare = 0.28

    def loss(self, parameters: float, tokens: float) -> float:
        """Nats a token after training on `tokens`."""
        return float(self.floor + self.a / parameters**self.alpha + self.b / tokens**self.beta)

    def tokens(self, loss: float, parameters: float) -> float | None:
        """Tokens after which a model of this size reaches `loss`; None when it never does."""
        left = loss - self.floor - self.a / parameters**self.alpha
        return float((self.b / left) ** (1 / self.beta)) if left > 0 else None
