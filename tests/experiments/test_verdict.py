"""The verdict: each decision from its numbers, in both languages."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.base.formats import by_unit
from analysis.base.theme import house_style
from analysis.experiments.always_valid import AlwaysValid
from analysis.experiments.sequential import SequentialTest
from analysis.experiments.verdict import (
    Settings,
    beliefs_caption,
    by_rule,
    checks_caption,
    combinations,
    combinations_captions,
    effects_caption,
    forest_caption,
    headline,
    judge,
    judge_all,
    looks_caption,
    next_test,
    programme_captions,
    ratio_caption,
    rules_caption,
    sizes_caption,
    verdicts_caption,
    watched,
)  # fmt: skip
from tests.experiments.arms_made import counts, of_table

N = 20_000


def decided(arms: dict[str, tuple[int, int]], **settings: Any) -> tuple[str, str, str]:
    made = judge(counts(arms), Settings(**settings))
    for lang in ("en", "zh"):
        assert made.summary(lang)
        assert "{" not in made.summary(lang)
    return made.decision, made.arm, made.why


def test_a_better_arm_is_shipped_and_the_best_of_several() -> None:
    assert decided({"control": (N, 1000), "b": (N, 1200)}) == ("ship", "b", "better")
    three = {"control": (N, 1000), "b": (N, 1200), "c": (N, 1300)}
    assert decided(three) == ("ship", "c", "better")
    fewer = {"control": (N, 1300), "b": (N, 1200), "c": (N, 1000)}
    assert decided(fewer, lower_is_better=["conversions"]) == ("ship", "c", "better")


def test_control_stays_where_no_arm_is_better() -> None:
    assert decided({"control": (N, 1200), "b": (N, 1000)}) == ("keep", "b", "worse")
    assert decided({"control": (N, 1000), "b": (N, 1010)}) == ("keep", "b", "no difference shown")
    near = {"control": (10 * N, 10_000), "b": (10 * N, 10_050)}
    assert decided(near, relevant_lift=0.1) == ("keep", "b", "too small to matter")


def test_a_test_goes_on_where_it_may_still_matter() -> None:
    arms = {"control": (N, 1000), "b": (N, 1060)}
    made = judge(counts(arms), Settings(relevant_lift=0.1))
    assert (made.decision, made.why) == ("continue", "may still matter")
    # 5 % against 5.5 %, two-sided 0.05, power 0.8: 31,234 an arm (pooled null).
    assert made.until == pytest.approx(2 * 31_234, rel=1e-3)
    assert f"{made.until:,.0f}" in made.summary("en")


def test_a_fixed_plan_allows_no_verdict_before_its_end() -> None:
    arms = {"control": (N, 1000), "b": (N, 1300)}
    early = judge(counts(arms), Settings(planned_users=100_000))
    assert (early.decision, early.why, early.until) == ("continue", "not complete", 100_000)
    assert judge(counts(arms), Settings(planned_users=40_000)).decision == "ship"


def test_guardrails_stop_a_winner() -> None:
    arms = {"control": (N, 1000), "b": (N, 1300)}
    plan = Settings(primary="conversions", guardrails={"returns": 0.05},
                    lower_is_better=["returns"])  # fmt: skip
    for returns, decision, why in (
        ({"control": 2000, "b": 2600}, "keep", "guardrail harmed"),
        ({"control": 2000, "b": 2050}, "continue", "guardrail in doubt"),
        ({"control": 2000, "b": 1800}, "ship", "better"),
    ):
        made = judge(counts(arms, returns=returns), plan)
        assert (made.decision, made.why) == (decision, why)
        assert ("returns" in made.summary("en")) == (decision != "ship")


def test_a_broken_assignment_blocks_the_verdict() -> None:
    made = judge(counts({"control": (20_000, 1000), "b": (18_000, 1300)}))
    assert made.decision == "broken"
    assert "Broken" in made.summary("en")
    assert "planned" in made.summary("en")
    planned = Settings(weights={"control": 10, "b": 9})
    fine = judge(counts({"control": (20_000, 1000), "b": (18_000, 1300)}), planned)
    assert fine.decision == "ship"


def test_intervals_of_several_arms_hold_together() -> None:
    two = judge(counts({"control": (N, 1000), "b": (N, 1200)}))
    four = judge(counts({"control": (N, 1000), "b": (N, 1200), "c": (N, 1010), "d": (N, 990)}))
    alone, together = (m.chosen.measured.effect for m in (two, four))
    assert together.lift.value == alone.lift.value
    assert together.lift.lo < alone.lift.lo < alone.lift.hi < together.lift.hi
    assert together.lift.confidence == 0.95
    assert four.chosen.p_value > two.chosen.p_value


def test_few_events_get_an_exact_p_value() -> None:
    made = judge(counts({"control": (25, 1), "b": (25, 8)}))
    effect = made.chosen.measured.effect
    assert effect.test == "Boschloo"
    assert 0.005 < effect.p_value < 0.05
    three = judge(counts({"control": (25, 1), "b": (25, 8), "c": (25, 2)}))
    assert three.chosen.p_value == pytest.approx(2 * effect.p_value)


def test_fixed_and_always_valid_disagree_on_cookie_cats() -> None:
    arms = counts({"control": (44_700, 8502), "gate_40": (45_489, 8279)})
    assert judge(arms).why == "worse"
    made = judge(arms, Settings(rule="always_valid"))
    assert (made.decision, made.why) == ("continue", "no bound crossed")
    assert isinstance(made.watching, AlwaysValid)
    effect = made.chosen.measured.effect
    # The same bounds as the rule's own, on the difference (up to score against Wald).
    last = made.watching.frame.iloc[-1]
    assert effect.difference.lo == pytest.approx(last["lo"], rel=0.01)
    assert effect.difference.hi == pytest.approx(last["hi"], abs=2e-5)
    assert 0 in effect.lift


def looked(rates: list[float], users: int = 2000) -> pd.DataFrame:
    """Running totals over looks; the arm converts at these rates, control at 10 %."""
    rows = []
    for k, rate in enumerate(rates, start=1):
        for arm, share in (("control", 0.1), ("b", rate)):
            did = round(share * users * k)
            rows.append((k, arm, users * k, did))
    return pd.DataFrame(rows, columns=["look", "variant", "users", "conversions"])


def test_planned_looks_stop_for_the_effect_and_go_on_without() -> None:
    plan = Settings(rule="obrien_fleming", looks=5, planned_users=20_000)
    stopped = judge(of_table(looked([0.1, 0.13, 0.13])), plan)
    assert stopped.decision == "ship"
    assert isinstance(stopped.watching, SequentialTest)
    assert stopped.watching.decision == "effect"
    going = judge(of_table(looked([0.1, 0.105, 0.105])), plan)
    assert (going.decision, going.until) == ("continue", 16_000)
    over = judge(of_table(looked([0.1] * 5)), plan)
    assert (over.decision, over.why) == ("keep", "no difference shown")
    worse = judge(of_table(looked([0.1, 0.07, 0.07])), plan)
    assert (worse.decision, worse.why) == ("keep", "worse")


def test_running_totals_are_not_added_up() -> None:
    arms = of_table(looked([0.1, 0.12, 0.13]))
    made = judge(arms)
    assert made.users == {"control": 6000, "b": 6000}
    assert made.looks == 3
    assert made.chosen.measured.effect.arm_value == pytest.approx(0.13)


def test_an_effect_that_has_gone_is_not_shipped() -> None:
    made = judge(of_table(looked([0.16, 0.16, 0.13, 0.115, 0.1])), Settings(rule="always_valid"))
    assert isinstance(made.watching, AlwaysValid)
    assert made.watching.decided is not None
    assert made.decision == "continue"


def test_days_are_looks_too() -> None:
    looks = looked([0.13] * 4)
    days = pd.DataFrame(
        [
            (pd.Timestamp("2026-06-01") + pd.Timedelta(days=k - 1), arm, 2000,
             round(2000 * share))
            for k in range(1, 5)
            for arm, share in (("control", 0.1), ("b", 0.13))
        ],
        columns=["day", "variant", "users", "conversions"],
    )  # fmt: skip
    plan = Settings(rule="always_valid")
    by_look, by_day = judge(of_table(looks), plan), judge(of_table(days), plan)
    assert by_day.chosen.p_value == pytest.approx(by_look.chosen.p_value)
    assert by_day.looks == 4


def test_means_and_counts_of_the_same_users_agree() -> None:
    arms = {"control": (5000, 250), "b": (5000, 300)}
    frame = pd.DataFrame(
        [
            (name, n, x / n, x / n * (1 - x / n) * n / (n - 1)) for name, (n, x) in arms.items()
        ],
        columns=["variant", "n", "mean", "variance"],
    )  # fmt: skip
    one, two = judge(counts(arms)), judge(of_table(frame))
    assert two.metric.kind == "proportion"
    assert two.chosen.measured.effect.lift == one.chosen.measured.effect.lift


def published() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("cats", "control", "day 7", 44_700, 8502), ("cats", "gate_40", "day 7", 45_489, 8279),
            ("cats", "control", "next", 44_700, 20_034),
            ("cats", "gate_40", "next", 45_489, 20_119),
            ("mail", "control", "purchase", 21_306, 122), ("mail", "mens", "purchase", 21_307, 267),
            ("mail", "womens", "purchase", 21_387, 189),
        ],
        columns=["test", "variant", "metric", "users", "conversions"],
    )  # fmt: skip


def test_every_test_of_a_table_is_judged_on_its_own_first_metric() -> None:
    made = judge_all(of_table(published()))
    assert made["cats"].metric.name == "day 7"
    assert made["mail"].metric.name == "purchase"
    assert made.counts() == {"ship": 1, "keep": 1, "continue": 0, "broken": 0}
    assert made.programme is not None
    assert made.programme.hypotheses == 3
    table = made.table()
    assert len(table) == 4
    assert set(table["test"]) == {"cats", "mail"}
    assert made.focus().name == "cats"
    assert made.focus("mail").name == "mail"
    with pytest.raises(InputError, match="did you mean 'mail'"):
        made.focus("mial")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("rule", ["fixed", "always_valid", "pocock"])
def test_everything_a_report_shows_can_be_said_and_drawn(lang: str, rule: str) -> None:
    arms = of_table(published())
    settings = Settings(rule=rule, planned_users=90_000 if rule == "pocock" else 0.0)
    made = judge_all(arms, settings)
    shown = made.focus()
    seen = watched(arms, shown, settings)
    assert seen.watching is not None
    assert shown.beliefs is not None
    assert made.programme is not None
    rules, sizes = by_rule(arms, made, settings), next_test(shown)
    captions = [
        forest_caption(made, lang), verdicts_caption(made, lang), effects_caption(made, lang),
        checks_caption(made, lang), ratio_caption(shown, lang), *looks_caption(seen, lang),
        *beliefs_caption(shown, lang), rules_caption(made, rules, lang),
        *programme_captions(made, lang),
        sizes_caption(shown, sizes, lang),
    ]  # fmt: skip
    for caption in captions:
        assert caption["title"]
        assert "{" not in str(caption["title"]) + str(caption.get("note", ""))
    told = headline(made, lang)
    assert told.status in ("good", "watch", "bad")
    assert len(told.numbers) == 2
    assert len(told.sentence) <= 210
    assert all(test.name in told.sentence for test in made.tests)
    assert seen.shows_looks == (rule == "pocock" or seen.looks > 1)
    assert len(rules) == 2 * (3 if rule == "pocock" else 2)
    assert (sizes["users"].diff().dropna() < 0).all()
    with house_style():
        for draw in (made.plot, shown.plot, seen.watching.plot, shown.ratio.plot):
            assert draw(lang=lang).figure is not None


SKEWED = {"control": 4.0, "gate_40": 3.0, "mens": 3.0, "womens": 3.0}
CODES = ("decision", "rule", "check", "status", "state")


@pytest.mark.parametrize("rule", ["fixed", "always_valid", "pocock"])
def test_tables_have_names_and_codes_and_readers_have_words_for_all_of_them(rule: str) -> None:
    arms = of_table(published())
    settings = Settings(rule=rule, planned_users=90_000 if rule == "pocock" else 0.0)
    made = judge_all(arms, settings)
    shown = made.focus()
    seen = watched(arms, shown, settings)
    assert shown.beliefs is not None
    assert made.programme is not None
    rules, sizes, looks = by_rule(arms, made, settings), next_test(shown), seen.look_by_look()
    assert looks is not None
    assert looks["arm"].unique().tolist() == [seen.arm]
    for lang in ("en", "zh"):
        told = [
            (made.verdicts(), verdicts_caption(made, lang)),
            (made.checks(), checks_caption(made, lang)),
            (rules, rules_caption(made, rules, lang)),
            (looks, looks_caption(seen, lang)[1]),
            (made.table(), effects_caption(made, lang)),
            (shown.beliefs.table(), beliefs_caption(shown, lang)[1]),
            (made.programme.gains(), programme_captions(made, lang)[1]),
            (sizes, sizes_caption(shown, sizes, lang)),
        ]
        for frame, caption in told:
            names, labels = set(frame.columns), caption["labels"]
            assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)
            seen_by_reader = names - set(caption.get("hide", ()))
            assert seen_by_reader <= set(labels)
            assert names >= set(labels) | set(caption.get("formats", {}))
            for name in seen_by_reader & set(CODES):
                assert set(frame[name]) <= set(caption["words"][name])
            for texts in caption.get("texts", {}).values():
                assert len(texts) == len(frame)
            if lang == "zh":
                words = [*labels.values(), *caption.get("texts", {}).get("found", ())]
                assert all(re.search(r"[\u4e00-\u9fff]|^[pz]$", word) for word in words)


def test_what_was_found_stands_beside_its_check() -> None:
    made = judge_all(of_table(published()), Settings(weights=SKEWED))
    frame, told = made.checks(), checks_caption(made)["texts"]["found"]
    assert frame["found"].tolist() == told
    assert frame["status"].iloc[0] == "failed"
    failed = frame[frame["status"] == "failed"]
    assert failed["why"].tolist() == ["mismatch"] * len(failed)


def test_no_belief_is_shown_as_certain() -> None:
    made = judge(counts({"control": (N, 1000), "b": (N, 1500)}))
    texts = beliefs_caption(made)[1]["texts"]
    assert texts["best"] == ["<0.1%", ">99.9%"]
    assert texts["above_control"] == ["–", ">99.9%"]
    assert texts["expected_loss"] == ["2.50", "<0.01"]


def test_lifts_of_the_headline_bear_their_sign() -> None:
    made = headline(judge_all(of_table(published())))
    assert {number.unit for number in made.numbers} == {"lift"}
    write = by_unit("lift", "zh")
    assert {write(number.value)[0] for number in made.numbers} == {"+", "−"}
    fewer = counts({"control": (N, 1300), "b": (N, 1200)})
    wanted = next_test(judge(fewer, Settings(lower_is_better=["conversions"])))
    assert wanted["lift"].max() < 0


def test_a_lift_without_bounds_is_said_and_drawn() -> None:
    made = judge_all(counts({"control": (30, 0), "b": (30, 1)}))
    told = headline(made)
    assert told.numbers[0].lo is None
    assert told.numbers[0].no_interval
    assert "control has no success" in made.summary("en")
    with house_style():
        made.plot()


def test_impossible_settings_are_refused() -> None:
    arms = counts({"control": (N, 1000), "b": (N, 1200)})
    impossible: list[tuple[dict[str, Any], str]] = [
        ({"rule": "pocok"}, "did you mean 'pocock'"),
        ({"rule": "pocock"}, "planned_users: found 0"),
        ({"confidence": 1.0}, "confidence"),
        ({"planned_users": -1}, "planned_users"),
        ({"relevant_lift": -0.1}, "relevant_lift"),
        ({"guardrails": {"conversions": 2}}, "guardrails"),
    ]
    for settings, message in impossible:
        with pytest.raises(InputError, match=message):
            Settings(**settings)
    unfit: list[tuple[dict[str, Any], str]] = [
        ({"primary": "conversion"}, "primary: found no metric 'conversion'"),
        ({"guardrails": {"retruns": 0.1}}, "guardrails: found no metric"),
        ({"weights": {"control": 1, "c": 1}}, "weights: found no arm 'c'"),
        ({"weights": {"control": 1}}, "weights: found none of the arm 'b'"),
    ]
    for settings, message in unfit:
        with pytest.raises(InputError, match=message):
            judge(arms, Settings(**settings))


def test_without_an_effect_few_tests_are_called() -> None:
    rng = np.random.default_rng(7)
    draws, called = 400, 0
    for _ in range(draws):
        did = rng.binomial(1000, 0.08, 3)
        made = judge(counts({"control": (1000, did[0]), "b": (1000, did[1]), "c": (1000, did[2])}))
        called += any(one.state in ("better", "worse") for one in made.arms)
    # Nominal 0.05; Monte-Carlo error sqrt(0.05 × 0.95 / 400) = 0.011, three of them allowed.
    assert called / draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)


def test_a_factorial_test_tells_what_each_factor_brings() -> None:
    arms = counts({"control": (N, 1000), "coupon": (N, 1200), "gift": (N, 1010), "both": (N, 1220)})
    levels = {
        "control": {"coupon": "no", "gift": "no"}, "coupon": {"coupon": "yes", "gift": "no"},
        "gift": {"coupon": "no", "gift": "yes"}, "both": {"coupon": "yes", "gift": "yes"},
    }  # fmt: skip
    made = judge(arms)
    combined = combinations(arms, made, levels)
    assert combined is not None
    found = {row["effect"]: row for row in combined.frame.to_dict("records")}
    assert found["coupon"]["estimate"] == pytest.approx((200 / N + 210 / N) / 2)
    assert found["coupon"]["lo"] > 0
    assert found["gift"]["lo"] < 0 < found["gift"]["hi"]
    assert combinations(arms, made, {}) is None
    for lang in ("en", "zh"):
        chart, words = combinations_captions(combined, lang)
        assert "1" in chart["title"]
        assert words["note"]
        assert set(words["labels"]) == set(combined.table())
    with pytest.raises(InputError, match="did you mean 'coupon'"):
        combinations(arms, made, {**levels, "coupn": levels["coupon"]})
    with pytest.raises(InputError, match="found none of the arm 'both'"):
        combinations(arms, made, {k: v for k, v in levels.items() if k != "both"})
    with pytest.raises(InputError, match="expected coupon, gift"):
        combinations(arms, made, {**levels, "gift": {"coupon": "no"}})


def test_an_effect_seen_at_a_planned_look_and_gone_since_is_not_shipped() -> None:
    plan = Settings(rule="pocock", looks=4, planned_users=8000)
    made = judge(of_table(looked([0.16, 0.14, 0.115, 0.1], 1000)), plan)
    assert isinstance(made.watching, SequentialTest)
    assert made.watching.decision == "effect"
    assert (made.decision, made.why) == ("keep", "no difference shown")
    assert made.chosen.p_value > 0.05
    assert 0 in made.chosen.measured.effect.lift


def test_nothing_is_decided_before_the_first_planned_look() -> None:
    plan = Settings(rule="pocock", looks=2, planned_users=10_000)
    made = judge(counts({"control": (250, 20), "b": (250, 45)}), plan)
    assert (made.decision, made.why, made.until) == ("continue", "no bound crossed", 5000)
    assert made.watching is None
    assert made.chosen.measured.effect.lift.shape == "unbounded"
    assert looks_caption(made)[1]["note"]


def test_shares_of_the_plan_are_looks() -> None:
    plan = Settings(rule="spending_obrien_fleming", looks=[0.5, 1.0], planned_users=8000)
    made = judge(of_table(looked([0.13, 0.13], 2000)), plan)
    assert made.decision == "ship"
    assert isinstance(made.watching, SequentialTest)
    assert len(made.watching.looks) == 2


def test_the_estimate_is_of_the_look_that_decides() -> None:
    looks = looked([0.1, 0.1], 2000)
    late = pd.DataFrame({"look": [3, 3], "variant": ["control", "b"], "users": [8000, 8000],
                         "conversions": [800, 1100]})  # fmt: skip
    plan = Settings(rule="pocock", looks=2, planned_users=8000)
    made = judge(of_table(pd.concat([looks, late], ignore_index=True)), plan)
    assert made.chosen.measured.effect.n_arm == 4000
    assert made.decision == "keep"


def test_a_winner_too_small_to_matter_is_not_shipped() -> None:
    arms = {"control": (10**7, 10**6), "b": (10**7, 1_005_000)}
    assert decided(arms)[0] == "ship"
    assert decided(arms, relevant_lift=0.05) == ("keep", "b", "too small to matter")
    even = {"control": (10**6, 10**5), "b": (10**6, 10**5)}
    ended = decided(even, relevant_lift=0.05, rule="always_valid")
    assert ended == ("keep", "b", "too small to matter")


def profits(control: float, arm: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"variant": ["control", "b"], "metric": "profit", "n": 10_000, "mean": [control, arm],
         "variance": 100.0}
    )  # fmt: skip


def test_below_zero_there_is_no_lift_but_a_difference() -> None:
    better = judge(of_table(profits(-10.0, -5.0)))
    assert better.decision == "ship"
    effect = better.chosen.measured.effect
    assert effect.lift.shape == "undefined"
    assert effect.difference.lo > 0
    assert "below zero" in better.summary()
    assert judge(of_table(profits(-10.0, -15.0))).why == "worse"
    # A relative margin means nothing there: the guardrail stays in doubt.
    both = pd.concat([
        profits(-10.0, -5.0),
        profits(0.10, 0.20).assign(metric="rate", variance=[0.09, 0.16]),
    ])  # fmt: skip
    plan = Settings(primary="rate", guardrails={"profit": 0.02})
    assert judge(of_table(both), plan).why == "guardrail in doubt"


def test_a_guardrail_that_was_not_measured_is_not_safe() -> None:
    frame = published()
    plan = Settings(guardrails={"next": 0.02})
    made = judge_all(of_table(frame), plan)
    assert (made["mail"].decision, made["mail"].why) == ("continue", "guardrail not measured")
    with pytest.raises(InputError, match="primary: found no users with 'next'"):
        judge_all(of_table(frame), Settings(primary="next"))


def test_less_is_better_in_the_bayesian_view_too() -> None:
    made = judge(counts({"control": (N, 2000), "b": (N, 2600)}),
                 Settings(lower_is_better=["conversions"]))  # fmt: skip
    assert made.why == "worse"
    assert made.beliefs is not None
    assert made.beliefs.choice == "control"
    assert made.beliefs.arm("control").best > 0.99


def test_broken_tests_are_no_discoveries() -> None:
    rows = [
        (f"t{i}", arm, n, did)
        for i in range(6)
        for arm, n, did in (("control", 10_000, 500), ("b", 10_000 - 2000 * (i < 3), 700))
    ]
    frame = pd.DataFrame(rows, columns=["test", "variant", "users", "conversions"])
    made = judge_all(of_table(frame))
    assert made.counts()["broken"] == 3
    assert made.programme is not None
    assert made.programme.tests == 3


def test_an_open_arm_keeps_the_test_going_beside_a_harmful_winner() -> None:
    arms = counts({"control": (N, 1000), "b": (N, 1300), "c": (N, 1040)},
                  returns={"control": 2000, "b": 2600, "c": 2000})  # fmt: skip
    plan = Settings(primary="conversions", rule="always_valid", guardrails={"returns": 0.05},
                    lower_is_better=["returns"])  # fmt: skip
    made = judge(arms, plan)
    assert (made.decision, made.arm) == ("continue", "c")


def test_one_user_an_arm_is_no_evidence() -> None:
    frame = pd.DataFrame({"variant": ["control", "b"], "n": [1, 1], "mean": [1.0, 2.0],
                          "variance": [np.nan, np.nan]})  # fmt: skip
    made = judge(of_table(frame))
    assert (made.decision, made.why) == ("continue", "cannot be judged")


def test_an_exact_test_and_its_interval_agree() -> None:
    made = judge(counts({"control": (20, 0), "b": (20, 4)}))
    assert made.chosen.p_value > 0.05
    assert 0 in made.chosen.measured.effect.lift
    assert 0 in made.chosen.measured.effect.difference


def test_an_early_crossing_of_a_steep_bound_has_an_interval() -> None:
    plan = Settings(rule="obrien_fleming", looks=20, planned_users=20_000)
    made = judge(counts({"control": (500, 50), "b": (500, 250)}), plan)
    effect = made.chosen.measured.effect
    assert made.decision == "ship"
    assert effect.lift.shape == "bounded"
    assert effect.difference.lo > 0


def test_an_arm_that_starts_late_does_not_stop_the_report() -> None:
    days = pd.DataFrame(
        [
            (pd.Timestamp("2026-06-01") + pd.Timedelta(days=k), arm, 1000, 100 + 3 * k)
            for k in range(4)
            for arm in ("control", "b")
            if arm == "control" or k
        ],
        columns=["day", "variant", "users", "conversions"],
    )
    made = judge(of_table(days), Settings(rule="always_valid", weights={"control": 4, "b": 3}))
    assert isinstance(made.watching, AlwaysValid)
    assert len(made.watching.frame) == 3


def test_no_event_at_all_is_said() -> None:
    arms = counts({"control": (500, 0), "b": (500, 0)})
    made = judge(arms)
    assert made.decision in ("keep", "continue")
    seen = watched(arms, made, Settings())
    assert seen.watching is None
    assert seen.summary("zh")
