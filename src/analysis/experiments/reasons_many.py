"""Why there is no number, in words: families, the programme, the Bayesian view."""

from __future__ import annotations

from analysis.base.language import Translator
from analysis.experiments import dunnett, family
from analysis.experiments.bayes import analysis, lift
from analysis.experiments.programme import gains, meta, shrinkage


def reasons(say: Translator) -> dict[str, str]:
    """Reason of an undefined interval (its ``why``) → the same in the reader's language."""
    return {
        dunnett.NO_SPREAD: say(
            "the users of control and arm do not differ, or are too few to tell"
        ),
        family.STEPWISE: say("a step-wise procedure has no informative simultaneous interval"),
        family.NOT_SELECTED: say("intervals after selection are given for what was selected"),
        family.NO_TEST: say("the comparison could not be tested"),
        analysis.NOT_ABOVE_0: say("control's mean is not clearly above 0"),
        analysis.ITSELF: say("control is not compared with itself"),
        lift.NO_LIFT: say("control's value is not above 0"),
        lift.NO_ERROR: say(
            "the users of control or arm do not differ, so the lift has no known error"
        ),
        gains.NO_WINNER: say("no winner"),
        meta.TOO_FEW: say("too few tests"),
        shrinkage.TOO_FEW: say(
            "fewer than three estimates do not show how much true effects differ"
        ),
        shrinkage.UNDETERMINED: say("the estimates do not determine the tails of a t distribution"),
    }
