"""What makes a campaign ready, due when its peak is past; what looks back on it, due before it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, Phrase, say, set_to
from analysis.plan.names import tokens
from analysis.plan.rules.calendars import Phase, a_year, phases_in, tracks
from analysis.plan.rules.events import (
    dated,
    day_of,
    event_day,
    like,
    named,
    text_of,
    with_year,
    years_in,
)
from analysis.plan.rules.festive import AFTER
from analysis.plan.rules.milestones import late

MARGIN = 10
"""Days after a schedule's end up to which a row without an event can still be of its campaign."""
_READY = re.compile(
    r"(stress|load|pressure|capacity|failover|end-to-end|full-chain|dress|system|smoke|uat|"
    r"acceptance|payment|checkout)[- ]?(chain )?(re)?(test|rehears|drill|check)|rehears|dry[- ]run|"
    r"\bdrills?\b|pre-?flight|sign(ed)?[- ]?off|code freeze|page freeze|go[- ]?/?no[- ]?go|"
    r"training (done|complet|finish)|trained|train the|staff training|host training|"
    r"recruit|hired|hiring|temps? (in place|on board)|riders? ready|"
    r"(creative|material|banner|page|script|asset|video|poster|cop(y|ies)|visual)s?\b[^.;]{0,30}"
    r"\b(final|ready|approved|done|delivered|live|locked|complete)|"
    r"stock (in place|ready|arriv)|in(to)? (the )?warehouse|delivered to (the )?(warehouse|store)|"
    r"stock-?up (done|complet)|inventory in place|"
    r"压测|压力测试|全链路|联调|演练|彩排|走查|预检|验收|封版|封网|冻结|"
    r"培训|招募|招聘|上岗|扩容|备货|入仓|到仓|到位|就绪|铺货|到店|包材|定稿|拍摄|"
    r"(素材|页面|脚本|物料|海报|主图|详情页|文案|视频)[^，。；]{0,6}(审核|上线|完成|通过|制作|交付)|"
    r"审批通过|方案审批|活动报名"
)
"""Work without which a campaign cannot start to sell."""
_LATER = re.compile(
    r"second|third|\bwave\b|batch|replenish|top-?up|restock|refund|settle|clear|stock-?taking|"
    r"next|daily|weekly|re-?train|ongoing|backup|follow|monthly|annual|year|"
    r"补|追加|返单|清|盘点|结算|退|售后|下一|下次|次年|明年|每日|每周|月度|年度|持续|第[二三四]|二期|长期"
)
"""What also is done while a campaign sells, after it, or for another one."""
_LOOKS_BACK = re.compile(
    r"post-?(campaign|sale|event|promotion|mortem)|"
    r"(campaign|final|overall|project|promotion) (review|recap|summary|wrap)|"
    r"review (meeting|report|done|of the campaign)|复盘|总结(会|报告)|结案"
)
_IN_BETWEEN = re.compile(
    r"mid|interim|daily|weekly|phase|stage|wave|first|pre-?sale|warm|opening|before|last|previous|"
    r"\bpast\b|history|competitor|rival|plan\b|monthly|"
    r"中期|阶段|每日|每天|日复盘|周复盘|首[日波轮]|第[一二三]|预售|预热|开门红|上[年次一届]|去年|往年|历史|竞品|"
    r"单场|场次|月度|当日|当晚|小时"
)
_BEYOND = re.compile(r"encore|extension|review|settle|after|返场|延续|复盘|售后|余热|清仓")


def find(plan: Plan) -> Iterator[Finding]:
    """Dated milestones on the wrong side of the peak of their campaign."""
    for row in plan.rows("milestones"):
        text = text_of(row)
        ready = bool(_READY.search(text)) and not _LATER.search(text) and not AFTER.search(text)
        back = bool(_LOOKS_BACK.search(text)) and not _IN_BETWEEN.search(text)
        if not dated(row.get("due", "")) or ready == back or late(plan, row):
            continue
        phases = _schedule(plan, row)
        peaks = [p for p in phases if p.peak and not _BEYOND.search(p.text)]
        if not peaks:
            continue
        found = _too_late(row, phases, peaks) if ready else _too_early(row, phases, peaks)
        if found is not None:
            yield found


def _schedule(plan: Plan, row: Mapping[str, str]) -> list[Phase]:
    """The phases of the campaign a row is of: its own schedule, or its document's only one."""
    known = {
        track: phases_in(rows, a_year(plan, rows))
        for (document, track), rows in tracks(plan).items() if document == row["document"]
    }  # fmt: skip
    if row["track"] in known:
        return known[row["track"]]
    peaked = [phases for phases in known.values() if any(phase.peak for phase in phases)]
    return peaked[0] if len(peaked) == 1 else []


def _days(row: Mapping[str, str], phases: list[Phase]) -> list[dt.date]:
    """The days a due date can mean: near the schedule where it has no year."""
    due, first, last = row["due"], phases[0].start, max(phase.end for phase in phases)
    own = with_year(due)
    if own != with_year(phases[0].row["start"]):
        years = years_in(due, phases[0].row["start"])
        if not own:
            found = [day_of(due, year) for year in (first.year - 1, *years, last.year + 1)]
            return [day for day in found if day is not None]
        return []  # the schedule's own year is only guessed
    found = [day_of(due, year) for year in {first.year - 1, first.year, last.year, last.year + 1}]
    return [day for day in found if day is not None]


def _others(row: Mapping[str, str], phases: list[Phase]) -> set[str]:
    """Events a row names that its schedule does not."""
    about = {key for phase in phases for key in named(f"{phase.text} {phase.row['track']}")}
    return set(named(text_of(row))) - about


def _too_late(row: Mapping[str, str], phases: list[Phase], peaks: list[Phase]) -> Finding | None:
    """Ready only when the last peak has ended."""
    last = max(peaks, key=lambda phase: phase.end)
    final = max(phase.end for phase in phases) + dt.timedelta(MARGIN)
    days = _days(row, phases)
    near = [day for day in days if phases[0].start - dt.timedelta(120) <= day <= final]
    if not near or any(day <= last.end for day in near) or _others(row, phases):
        return None
    # What is for a phase yet to come, or an event of it, may wait for it.
    ahead = [phase for phase in phases if phase.end >= min(near) and phase is not last]
    words = tokens(text_of(row))
    if any(words & (tokens(phase.text) - tokens(last.text)) for phase in ahead):
        return None
    if any(event_day(key, year) >= min(near) for key in named(text_of(row))
           for year in {min(near).year, last.end.year}):  # fmt: skip
        return None
    return Finding(
        "calendar", "M", (row["fact_id"], last.id),
        say("due {due}, but “{phase}” ended on {day}: it comes too late to prepare it",
            due=row["due"], phase=_name(last), day=last.row["end"]),
        set_to(row["fact_id"], row["due"], f"< {like(last.start, row['due'])}"),
    )  # fmt: skip


def _too_early(row: Mapping[str, str], phases: list[Phase], peaks: list[Phase]) -> Finding | None:
    """Looking back before the first peak has ended."""
    keys = set(named(text_of(row)))
    if _others(row, phases):
        return None
    about = [phase for phase in peaks if not keys or keys & set(named(phase.text))] or peaks
    first = min(about, key=lambda phase: phase.end)
    days = [day for day in _days(row, phases)
            if abs((day - first.end).days) <= 183]  # fmt: skip
    if not days or any(day >= first.end for day in days):
        return None
    # Before the campaign starts, the last one is looked back on.
    if any(day < min(phase.start for phase in phases) for day in days):
        return None
    after: Phrase = say("due {due}, but “{phase}” only ends on {day}", due=row["due"],
                        phase=_name(first), day=first.row["end"])  # fmt: skip
    later = set_to(row["fact_id"], row["due"], f"> {like(first.end, row['due'])}")
    return Finding("calendar", "M", (row["fact_id"], first.id), after, later)


def _name(phase: Phase) -> str:
    return phase.row.get("name_en") or phase.row.get("name_zh", "")
