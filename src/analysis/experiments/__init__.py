"""A/B tests: did it work, can it be trusted, and what was it worth?"""

from __future__ import annotations

from analysis.experiments.effect import Effect, Interval
from analysis.experiments.moments import Counts, Moments, Sample

__all__ = ["Counts", "Effect", "Interval", "Moments", "Sample"]
