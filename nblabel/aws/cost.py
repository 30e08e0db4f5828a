"""What a labeling job will cost, before it begins."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cost"]

# US dollars for an object that people label: up to so many of a month, the price of each. The first is what AWS's own examples reckon with.
_TIERS = ((50_000, 0.08), (1_000_000, 0.04), (float("inf"), 0.02))
_SURE = _TIERS[0][0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """A preview of what a job costs when people label every object.

    Attributes
    ----------
    objects, workers : int
        Objects that are labeled, and workers for each.
    price : float
        Dollars that each worker of Mechanical Turk gets for an object; what a private team or a vendor costs is not known here.

    Notes
    -----
    The price of the service for the first 50,000 objects of a month is that of AWS's own examples of built-in tasks; the lower prices beyond are not
    verified, and the preview says so where it uses them. It reckons as if nothing else was labeled in the month, without a free tier; your region's
    prices may differ, those of video frames and point clouds too, and instances of automated labeling come on top. AWS's page "Amazon SageMaker
    Ground Truth pricing" has the prices of today.

    Examples
    --------
    >>> Cost(objects=1000, workers=5, price=0.036)
    about $260.00: 1,000 objects for $80.00, and 5 workers each at $0.036 for $180.00
    >>> Cost(objects=60_000, workers=3)
    about $4,400.00: 60,000 objects for $4,400.00; the prices beyond 50,000 objects are not verified, look at AWS's page
    """

    objects: int
    workers: int
    price: float = 0.0

    @property
    def verified(self) -> bool:
        """Whether the price of all these objects is one that is known to be right."""
        return self.objects <= _SURE

    @property
    def service(self) -> float:
        """Dollars for Ground Truth itself."""
        total, counted = 0.0, 0
        for most, price in _TIERS:
            part = min(self.objects, most) - counted
            if part > 0:
                total, counted = total + part * price, counted + int(part)
        return round(total, 2)

    @property
    def crowd(self) -> float:
        """Dollars for the workers of Mechanical Turk."""
        return round(self.objects * self.workers * self.price, 2)

    @property
    def total(self) -> float:
        """Dollars for both."""
        return round(self.service + self.crowd, 2)

    def __repr__(self) -> str:
        crowd = f", and {self.workers} workers each at ${self.price:.3f} for ${self.crowd:,.2f}" if self.price else ""
        sure = "" if self.verified else f"; the prices beyond {_SURE:,} objects are not verified, look at AWS's page"
        return f"about ${self.total:,.2f}: {self.objects:,} objects for ${self.service:,.2f}{crowd}{sure}"
