"""All tests of a table: each judged, and all of them together as a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from analysis.experiments.arms import Arms
from analysis.experiments.programme import Programme, programme
from analysis.experiments.verdict.judge import Judged, judge
from analysis.experiments.verdict.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """Every test of a table.

    Attributes:
        tests: In the order of their names.
        programme: All their effects on the metric that decides, judged together with a false
            discovery rate; None for a single test.
    """

    tests: tuple[Judged, ...]
    programme: Programme | None

    def __getitem__(self, name: str) -> Judged:
        return {test.name: test for test in self.tests}[name]

    def counts(self) -> dict[str, int]:
        """Number of tests by decision."""
        made = [test.decision for test in self.tests]
        return {name: made.count(name) for name in ("ship", "keep", "continue", "broken")}

    def verdicts(self, lang: str = "en") -> pd.DataFrame:
        """One row a test: decision, arm, lift and its bounds, and why (``lang`` en or zh)."""
        from analysis.experiments.verdict.tables import verdicts_table

        return verdicts_table(self.tests, lang)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row a test, arm and metric."""
        from analysis.experiments.verdict.tables import effects_table

        return effects_table(self.tests, lang)

    def checks(self, lang: str = "en") -> pd.DataFrame:
        """One row a test and trust check."""
        from analysis.experiments.verdict.tables import checks_table

        return checks_table(self.tests, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Lifts of all arms, test by test; of more than a figure holds, the programme's view."""
        from analysis.experiments.verdict.forest import MOST_ROWS, forest, rows_of

        if self.programme is not None and len(rows_of(self.tests)) > MOST_ROWS:
            return self.programme.plot(ax, lang=lang)
        return forest(self.tests, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The decision about each of a few tests, or how many of many came out how."""
        from analysis.experiments.verdict.words import all_sentences

        return all_sentences(self, lang)


def judge_all(
    arms: Arms, settings: Settings | None = None, *, planned: Mapping[str, float] | None = None
) -> Judgements:
    """Judge every test of a table.

    Args:
        arms: Moments, of several tests where ``parts`` has a column ``test``.
        settings: What was planned, the same for every test.
        planned: Test → planned users, where that differs.

    Raises:
        InputError: If the settings do not fit a test.
    """
    plan = settings or Settings()
    if "test" not in arms.parts:
        return Judgements((judge(arms, plan),), None)
    tests = tuple(judge(part, plan, name=str(name)) for name, part in arms.each("test"))
    if len(tests) < 2:
        return Judgements(tests, None)
    return Judgements(tests, _programme(tests, plan))


def _programme(tests: tuple[Judged, ...], plan: Settings) -> Programme | None:
    rows = [
        {
            "test": test.name, "arm": one.arm, "metric": test.metric.name,
            "lift": effect.lift.value, "se": one.lift_error,
            "p_value": one.measured.effect.p_value if plan.rule == "fixed" else one.p_value,
        }
        for test in tests
        for one in test.arms
        for effect in [one.measured.effect]
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    lower = [name for name in plan.lower_is_better if name in set(frame["metric"])]
    if frame["se"].notna().sum() < 2:
        return None
    return programme(frame, lower_is_better=lower, level=plan.alpha)
