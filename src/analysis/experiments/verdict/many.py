"""All tests of a table: each judged, and all of them together as a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError, nearest
from analysis.experiments.arms import Arms
from analysis.experiments.programme import Programme, programme
from analysis.experiments.verdict.judging import Judged, judge
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

    @property
    def plots_programme(self) -> bool:
        """Whether there are more lifts than one figure holds."""
        from analysis.experiments.verdict.forest import MOST_ROWS, rows_of

        rows = sum(len(rows_of([test])) for test in self.tests)
        return self.programme is not None and rows > MOST_ROWS

    def focus(self, name: str = "") -> Judged:
        """The test that is shown in detail: the one named, a broken one, the most looked at.

        Raises:
            InputError: If there is no test of that name.
        """
        names = [test.name for test in self.tests]
        if name and name not in names:
            raise InputError(f"focus: found no test {name!r}; {nearest(name, names)}")
        if name:
            return self[name]
        return max(self.tests, key=lambda test: (test.decision == "broken", test.looks))

    def __getitem__(self, name: str) -> Judged:
        return {test.name: test for test in self.tests}[name]

    def counts(self) -> dict[str, int]:
        """Number of tests by decision."""
        made = [test.decision for test in self.tests]
        return {name: made.count(name) for name in ("ship", "keep", "continue", "broken")}

    def verdicts(self) -> pd.DataFrame:
        """One row a test: decision, arm, lift and its bounds, and why."""
        from analysis.experiments.verdict.tables import verdicts_table

        return verdicts_table(self.tests)

    def table(self) -> pd.DataFrame:
        """One row a test, arm and metric."""
        from analysis.experiments.verdict.tables import effects_table

        return effects_table(self.tests)

    def checks(self) -> pd.DataFrame:
        """One row a test and trust check."""
        from analysis.experiments.verdict.tables import checks_table

        return checks_table(self.tests)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Lifts of all arms, test by test; of more than a figure holds, the programme's view."""
        from analysis.experiments.verdict.forest import forest

        if self.plots_programme and self.programme is not None:
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
    tests = tuple(
        judge(part, _own(plan, part, (planned or {}).get(str(name))), name=str(name))
        for name, part in arms.each("test")
    )
    if len(tests) < 2:
        return Judgements(tests, None)
    return Judgements(tests, _programme(tests, plan))


def _own(plan: Settings, part: Arms, planned: float | None) -> Settings:
    """The plan of one test: its own size, and the weights of its own arms."""
    weights = plan.weights
    if weights is not None:
        weights = {arm: weights[arm] for arm in part.names if arm in weights}
    users = plan.planned_users if planned is None else planned
    return replace(plan, planned_users=users, weights=weights)


def _programme(tests: tuple[Judged, ...], plan: Settings) -> Programme | None:
    # What cannot be trusted, or is not complete, is no discovery.
    tests = tuple(t for t in tests if t.decision != "broken" and t.why != "not complete")
    # Lifts of different metrics are of one programme, too: each is of the one that decides.
    metrics = {test.metric.name for test in tests}
    metric = next(iter(metrics)) if len(metrics) == 1 else ""
    rows = [
        {
            "test": test.name, "arm": one.arm, "metric": metric,
            "lift": sign * effect.lift.value, "se": one.lift_error,
            "p_value": one.measured.effect.p_value if plan.rule == "fixed" else one.p_value,
        }
        for test in tests
        for one in test.arms
        for effect, sign in [(one.measured.effect, plan.sign(test.metric.name))]
    ]  # fmt: skip
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    if frame["se"].notna().sum() < 2:
        return None
    return programme(frame, level=plan.alpha)
