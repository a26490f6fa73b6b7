"""BG/NBD: who still buys, by the days of earlier orders alone (Fader, Hardie, Lee: Marketing Science 24, 2005).

While alive a customer orders at random at a rate of its own, and after any order drops out with a chance of its own.
Fitted by scipy: the libraries that offer the model are unmaintained or bring a whole inference stack with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError

_BOUND = 12.0  # of the parameters' logarithms
_STARTS = ((0.0, 1.0, 0.0, 0.0), (-1.0, 2.0, -0.5, 1.0), (0.5, 3.0, 1.0, 2.0))


@dataclass(frozen=True)
class Buying:
    """The orders of customers: `repeats` after the first, time of the last one and time known, both since the first.

    Each is an array; `many` says how many customers have the same. Times are in one unit, such as weeks.
    """

    repeats: Any
    last: Any
    known: Any
    many: Any


@dataclass(frozen=True)
class Alive:
    """A fitted model: r, alpha of the rates of ordering, a, b of the chances of dropping out; the log-likelihood."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def p_alive(self, buying: Buying) -> Any:
        """The probability that each is still a customer; 1 where there was no repeat, as the model has it."""
        import numpy as np

        x, later = buying.repeats, np.maximum(buying.repeats - 1, 0)
        log_odds = (
            np.log(self.a) - np.log(self.b + later)
            + (self.r + x) * (np.log(self.alpha + buying.known) - np.log(self.alpha + buying.last))
        )  # fmt: skip
        odds = np.exp(np.minimum(log_odds, 700))
        return np.where(x > 0, 1 / (1 + odds), 1.0)

    def expected(self, buying: Buying, time: float) -> Any:
        """The number of orders to expect of each within `time` from now."""
        import numpy as np
        from scipy.special import hyp2f1

        x, until = buying.repeats, self.alpha + buying.known
        a = self.a if abs(self.a - 1) > 1e-6 else self.a + 1e-6  # the formula has a gap at 1
        grows = hyp2f1(self.r + x, self.b + x, a + self.b + x - 1, time / (until + time))
        share = np.exp((self.r + x) * (np.log(until) - np.log(until + time)))
        return (a + self.b + x - 1) / (a - 1) * (1 - share * grows) * self.p_alive(buying)


def buying(rows: Sequence[tuple[float, float, float, float]]) -> Buying:
    """Customers from rows (repeats, time of the last order, time known, how many have these)."""
    import numpy as np

    table = np.asarray(rows, dtype=float).reshape(-1, 4)
    return Buying(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def fit(given: Buying) -> Alive:
    """The parameters under which these orders are likeliest. Raises EngineError where none are found."""
    import numpy as np
    from scipy.optimize import minimize

    scale = float(np.max(given.known, initial=0)) or 1.0  # so that one start serves days, weeks and years

    def loss(logs: Any) -> float:
        return -_log_likelihood(np.exp(logs), scaled) / max(float(given.many.sum()), 1.0)

    scaled = Buying(given.repeats, given.last * 40 / scale, given.known * 40 / scale, given.many)
    found = [
        minimize(loss, start, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 4, options={"ftol": 1e-12, "gtol": 1e-8})
        for start in _STARTS
    ]
    best = min((each for each in found if np.isfinite(each.fun)), key=lambda each: float(each.fun), default=None)
    if best is None:
        raise EngineError("BG/NBD does not fit these orders", "there may be too few of them")
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    alpha *= scale / 40
    return Alive(r, alpha, a, b, _log_likelihood((r, alpha, a, b), given))


def _log_likelihood(parameters: Any, given: Buying) -> float:
    """The logarithm of the likelihood; the sum of its two cases is formed in logarithms, so that nothing overflows."""
    import numpy as np
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    x = given.repeats
    orders = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + given.known)
    stays = betaln(a, b + x) - betaln(a, b)
    leaves = np.where(
        x > 0,
        betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b)
        + (r + x) * (np.log(alpha + given.known) - np.log(alpha + given.last)),
        -np.inf,
    )  # fmt: skip
    return float(np.sum(given.many * (orders + np.logaddexp(stays, leaves))))
