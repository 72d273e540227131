"""Adapters of the always-valid and sample-ratio cases: names and shapes only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.experiments.always_valid import (
    confidence_sequence,
    mean_sequence,
    msprt,
    sequential_lift,
    tuned_rho2,
)
from analysis.experiments.dirichlet import log_bayes_factor
from analysis.experiments.moments import Counts, Sample
from analysis.experiments.srm import running_ratio, srm

Answer = dict[str, Any]


def _mixture_test(inputs: Answer) -> Answer:
    n, sigma = inputs["n_pairs"], inputs["sigma"]
    test = msprt(
        Sample(n, 0.0, sigma**2),
        Sample(n, inputs["mean_diff"], sigma**2),
        tau=inputs["tau"],
        sigma=sigma,
        confidence=1 - inputs["alpha"],
    )
    return {
        "log_lambda": test.log_e,
        "p_at_look": test.p_value,
        "ci_halfwidth": test.half_width,
    }


def _one_mean(inputs: Answer) -> Answer:
    sample = Sample(inputs["n"], 0.0, inputs["sd"] ** 2)
    test = mean_sequence(sample, tuning=inputs["t_opt"], confidence=1 - inputs["alpha"])
    return {
        "rho2": tuned_rho2(inputs["t_opt"], inputs["alpha"]),
        "halfwidth": test.half_width,
        "ratio_to_fixed_n": test.ratio_to_fixed,
    }


def _two_arms(inputs: Answer) -> Answer:
    arms = [Counts(**inputs[name]) for name in ("control", "treatment")]
    tuning, confidence = inputs["tuning"], 1 - inputs["alpha"]
    tests = {
        "absolute": confidence_sequence(*arms, tuning=tuning, confidence=confidence),
        "relative": sequential_lift(*arms, tuning=tuning, confidence=confidence, method="delta"),
    }
    found: Answer = {}
    for name, test in tests.items():
        found[f"{name}_est"] = test.interval.value
        found[f"{name}_lo"], found[f"{name}_hi"] = test.interval.lo, test.interval.hi
        found[f"{name}_p"] = test.p_value
    return found


def always_valid(inputs: Answer, folder: Path) -> Answer:
    if "n_pairs" in inputs:
        return _mixture_test(inputs)
    return _one_mean(inputs) if "t_opt" in inputs else _two_arms(inputs)


def sample_ratio(inputs: Answer, folder: Path) -> Answer:
    if "counts" in inputs:
        counts, theta = [inputs["counts"]], inputs["theta0"]
        log_bf = log_bayes_factor(counts, theta, inputs["concentration"])
        arms = [str(at) for at in range(len(theta))]
        running = running_ratio(
            pd.DataFrame(counts, columns=arms),
            dict(zip(arms, theta, strict=True)),
            concentration=inputs["concentration"],
        )
        return {"log_bf": log_bf[0], "p_at_look": running.frame["p"].iloc[0]}
    arms = [str(at) for at in range(len(inputs["observed"]))]
    result = srm(
        dict(zip(arms, inputs["observed"], strict=True)),
        dict(zip(arms, inputs["weights"], strict=True)),
    )
    return {
        "chi2": result.chi2,
        "df": result.df,
        "p": result.p,
        "flag_at_0_001": result.mismatch,
        "p_binom_exact": result.p_exact,
    }


ADAPTERS: dict[str, Callable[[Answer, Path], Answer]] = {
    "experiments.always_valid": always_valid,
    "experiments.srm": sample_ratio,
}
