"""Regression adjustment: ANCOVA and Lin's regression, beside the raw effect."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.experiments import means
from analysis.experiments.adjusted import Adjusted, solved, split
from analysis.experiments.contrast import DEFAULT_LIFT, Lift, effect_of, welch_df
from analysis.experiments.moments import Moments, total

Floats = NDArray[np.float64]

TOO_FEW_FOR_SLOPES = "too few users for so many covariates"


def ancova(
    control: Moments,
    arm: Moments,
    outcome: str,
    covariates: Sequence[str],
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Adjusted:
    """ANCOVA: least squares on the arm and the covariates, one slope and one variance for both.

    Cochran & Cox (1957), Experimental Designs, ch. 3. Its covariance matrix is the classical one;
    where the arms differ in size and spread, use :func:`lin`.

    Raises:
        ValueError: If there is no covariate, or the outcome is one.
    """
    arms = [split(moments, outcome, covariates) for moments in (control, arm)]
    n = (control.n, arm.n)
    whole = total(arms)
    within = sum(a.cov * (a.n - 1) if a.n > 1 else np.zeros_like(a.cov) for a in arms)
    matrix = np.asarray(within, dtype=np.float64)
    slopes, rank = solved(matrix[1:, 1:], matrix[1:, 0])
    df = n[0] + n[1] - 2 - rank
    rest = max(float(matrix[0, 0] - slopes @ matrix[1:, 0]), 0.0)
    variance = rest / df if df > 0 else math.nan
    gaps = [a.mean[1:] - whole.mean[1:] for a in arms]
    ways = [solved(matrix[1:, 1:], gap)[0] for gap in gaps]
    effect = effect_of(
        _at_mean(arms, gaps, (slopes, slopes)),
        (
            variance * (1 / n[0] + float(gaps[0] @ ways[0])),
            variance * (1 / n[1] + float(gaps[1] @ ways[1])),
        ),
        df,
        n,
        test="ANCOVA",
        confidence=confidence,
        lift=lift,
        cov=variance * float(gaps[0] @ ways[1]),
        why="" if df > 0 else TOO_FEW_FOR_SLOPES,
    )
    raw = means.compare(
        control.sample(outcome), arm.sample(outcome), confidence=confidence, lift=lift
    )
    terms = pd.DataFrame({"covariate": list(covariates), "slope": slopes})
    return Adjusted("ANCOVA", raw, effect, _explained(matrix[0, 0], rest), terms)


def lin(
    control: Moments,
    arm: Moments,
    outcome: str,
    covariates: Sequence[str],
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Adjusted:
    """Lin's regression: a slope and a variance for each arm, both read at the common mean.

    Asymptotically never worse than the raw difference (Lin 2013, Annals of Applied Statistics 7).
    Standard errors are the classical ones of each arm's own regression; HC2, which also allows for
    a spread that depends on the covariates, needs rows: :func:`lin_hc2`.

    Raises:
        ValueError: If there is no covariate, or the outcome is one.
    """
    arms = [split(moments, outcome, covariates) for moments in (control, arm)]
    whole = total(arms)
    raw = means.compare(
        control.sample(outcome), arm.sample(outcome), confidence=confidence, lift=lift
    )
    gaps = [a.mean[1:] - whole.mean[1:] for a in arms]
    known = [a.cov if a.n > 1 else np.zeros_like(a.cov) for a in arms]
    (slope_control, rank_control), (slope_arm, rank_arm) = (
        solved(cov[1:, 1:], cov[1:, 0]) for cov in known
    )
    slopes = [slope_control, slope_arm]
    dfs = (control.n - 1 - rank_control, arm.n - 1 - rank_arm)
    squares = [(a.n - 1) * float(c[0, 0]) for a, c in zip(arms, known, strict=True)]
    rests = [
        (a.n - 1) * max(float(c[0, 0] - s @ c[1:, 0]), 0.0)
        for a, c, s in zip(arms, known, slopes, strict=True)
    ]
    variances = [
        rest / df * (1 / a.n + float(gap @ solved(c[1:, 1:], gap)[0]) / (a.n - 1))
        if df > 0
        else math.nan
        for a, c, gap, rest, df in zip(arms, known, gaps, rests, dfs, strict=True)
    ]
    enough = min(dfs) > 0
    effect = effect_of(
        _at_mean(arms, gaps, slopes),
        (variances[0], variances[1]),
        welch_df(variances, dfs) if enough else math.nan,
        (control.n, arm.n),
        test="Lin",
        confidence=confidence,
        lift=lift,
        dfs=dfs,
        why="" if enough else TOO_FEW_FOR_SLOPES,
    )
    return Adjusted(
        "Lin", raw, effect, _explained(sum(squares), sum(rests)), _two(covariates, slopes)
    )


def lin_hc2(
    control: pd.DataFrame,
    arm: pd.DataFrame,
    outcome: str,
    covariates: Sequence[str],
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Adjusted:
    """Lin's regression with HC2 standard errors, from rows, one a user.

    HC2 weighs each squared residual by ``1 / (1 - leverage)`` (MacKinnon & White 1985, Journal of
    Econometrics 29); t with ``n - 2 (k + 1)`` degrees of freedom.

    Raises:
        ValueError: If there is no covariate, the outcome is one, or a value is missing.
    """
    columns = [outcome, *covariates]
    moments = [Moments.of_rows(frame, columns) for frame in (control, arm)]
    plain = lin(moments[0], moments[1], outcome, covariates, confidence=confidence, lift=lift)
    centre = total(moments).mean[1:]
    values, variances, slopes, dfs = [], [], [], []
    for frame in (control, arm):
        rows = frame[columns].to_numpy(np.float64)
        design = np.column_stack([np.ones(len(rows)), rows[:, 1:] - centre])
        size = np.linalg.norm(design, axis=0)
        design[:, size > 0] /= size[size > 0]
        inverse = np.linalg.pinv(design, rcond=1e-10)
        offset = rows[:, 0].mean()
        coefficients = inverse @ (rows[:, 0] - offset)
        errors = rows[:, 0] - offset - design @ coefficients
        free = 1 - np.einsum("nk,kn->n", design, inverse)
        # A user who alone determines a slope has no residual, and says nothing about the spread.
        weight = np.divide(1.0, free, out=np.zeros_like(free), where=free > 1e-10)
        values.append(float(offset + coefficients[0] / size[0]))
        variances.append(float(np.sum((inverse[0] / size[0]) ** 2 * errors**2 * weight)))
        dfs.append(len(rows) - round(float(np.sum(1 - free))))
        slopes.append(coefficients[1:] / np.where(size[1:] > 0, size[1:], 1.0))
    effect = effect_of(
        (values[0], values[1]),
        (variances[0], variances[1]),
        sum(dfs),
        (len(control), len(arm)),
        test="Lin, HC2",
        confidence=confidence,
        lift=lift,
        why="" if min(dfs) > 0 else TOO_FEW_FOR_SLOPES,
    )
    return Adjusted("Lin, HC2", plain.raw, effect, plain.explained, _two(covariates, slopes))


def _at_mean(
    arms: Sequence[Moments], gaps: Sequence[Floats], slopes: Sequence[Floats]
) -> tuple[float, float]:
    """Both outcomes as they would be at the mean of the covariates over both arms."""
    one, other = (
        float(a.mean[0] - slope @ gap) for a, gap, slope in zip(arms, gaps, slopes, strict=True)
    )
    return one, other


def _explained(before: float, after: float) -> float:
    return 1 - after / before if before > 0 else math.nan


def _two(covariates: Sequence[str], slopes: Sequence[Floats]) -> pd.DataFrame:
    return pd.DataFrame(
        {"covariate": list(covariates), "slope_control": slopes[0], "slope_arm": slopes[1]}
    )
