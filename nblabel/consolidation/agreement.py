"""How far several workers agree, beyond what chance would give.

References
----------
K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011 (Annenberg School for Communication, departmental paper 43).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Metric", "krippendorff_alpha", "pairwise_alpha"]

Metric = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(values: Floats, metric: Metric = "nominal") -> float:
    """Measure the agreement of several workers about several items.

    Parameters
    ----------
    values : numpy.ndarray
        (workers, items) float: what each worker said of each item, as a number; NaN where nothing was said.
    metric : {'nominal', 'ordinal', 'interval'}
        What the difference of two values means: they are other classes, other ranks, or other quantities.

    Returns
    -------
    float
        1 for full agreement, 0 for what chance gives, less for systematic disagreement. NaN where it is undefined: no item has two values, or all
        values are the same, so that chance could not have made them differ.

    Examples
    --------
    The example of the paper, four observers and twelve units:

    >>> nan = np.nan
    >>> values = np.array([
    ...     [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
    ...     [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
    ...     [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
    ...     [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan]])
    >>> round(krippendorff_alpha(values), 3), round(krippendorff_alpha(values, "ordinal"), 3), round(krippendorff_alpha(values, "interval"), 3)
    (0.743, 0.815, 0.849)
    """
    told = ~np.isnan(values)
    paired = told & (told.sum(0) > 1)
    domain, codes = np.unique(values[paired], return_inverse=True)
    items = np.nonzero(paired)[1]
    counts = np.zeros((values.shape[1], len(domain)))
    np.add.at(counts, (items, codes.ravel()), 1)
    counts = counts[counts.sum(1) > 1]
    if len(domain) < 2:  # noqa: PLR2004
        return float("nan")
    sizes = counts.sum(1)
    coincidences = (counts.T / (sizes - 1)) @ counts - np.diag((counts / (sizes - 1)[:, None]).sum(0))
    totals = coincidences.sum(0)
    distances = _distances(domain, totals, metric)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    return float(1 - (coincidences * distances).sum() / (expected * distances).sum())


def pairwise_alpha(observed: Floats, expected: Floats) -> float:
    """Measure agreement from distances: of pairs that are about the same thing, and of pairs that chance put together.

    Parameters
    ----------
    observed, expected : numpy.ndarray
        Distances, 0 to 1 (1 - intersection over union, for instance).

    Returns
    -------
    float
        1 - mean(observed) / mean(expected); NaN when either is empty or chance alone gives full agreement.

    Examples
    --------
    >>> pairwise_alpha(np.array([0.1, 0.3]), np.array([0.8, 0.8]))
    0.75
    """
    if not len(observed) or not len(expected) or not expected.any():
        return float("nan")
    return float(1 - observed.mean() / expected.mean())


def _distances(domain: Floats, totals: Floats, metric: Metric) -> Floats:
    if metric == "nominal":
        return 1.0 - np.eye(len(domain))
    if metric == "interval":
        return np.asarray((domain[:, None] - domain) ** 2)
    # The ranks between two values, each of the two counted half.
    places = np.cumsum(totals) - totals / 2
    return np.asarray((places[:, None] - places) ** 2)
