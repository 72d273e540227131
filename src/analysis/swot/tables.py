"""The tables that SWOT scoring reads: what a team fills in, column by column.

Names may be given in both languages (``name_en``, ``name_zh``); where there is none, the identifier
is the name.
"""

from __future__ import annotations

from analysis.base.schema import Column, TableSchema

GROUPS = ("S", "W", "O", "T")
KINDS = ("SO", "WO", "ST", "WT")
PAIRWISE, BEST, WORST, RATING, ATTRACTIVE = KINDS_OF_JUDGMENT = (
    "pairwise", "best", "worst", "rating", "attractiveness",
)  # fmt: skip


def _text(name: str, description: str) -> Column:
    return Column(name, "text", description=description, required=False, nullable=True)


_TAIL = (
    _text("line", "Ids of the plan's figures that it rests on, joined by ;"),
    _text("nature", "illustrative, simulated or real"),
    _text("source", "Where the row comes from"),
    _text("note", "Remark"),
)
_NAMES = (
    _text("name_en", "Name, English"),
    _text("name_zh", "Name, Chinese"),
    _text("kpi", "KPI that watches it"),
    _text("kpi_en", "KPI that watches it, English"),
    _text("kpi_zh", "KPI that watches it, Chinese"),
)

FACTORS = TableSchema(
    (
        Column("factor", "text", description="Name or identifier of the factor"),
        Column("group", "text", description="Strength, weakness …", choices=GROUPS),
        *_NAMES,
        *_TAIL,
    ),
    key=("factor",),
)
JUDGMENTS = TableSchema(
    (
        Column("rater", "text", description="Who judged"),
        Column("kind", "text", description="What is asked; pairwise if nothing stands there",
               required=False, nullable=True, choices=KINDS_OF_JUDGMENT),
        Column("group", "text", description="SWOT for the four groups, else the factors' group",
               required=False, nullable=True, choices=("SWOT", *GROUPS)),
        Column("left", "text", description="Group or factor"),
        Column("right", "text", description="What left is compared with", nullable=True),
        Column("value", "number", description="How many times as much left counts; or rating",
               nullable=True),
        *_TAIL,
    )
)  # fmt: skip
RATINGS = TableSchema(
    (
        Column("rater", "text", description="Who judged"),
        Column("factor", "text", description="Factor"),
        _text("strategy", "Strategy whose attractiveness is rated; nothing for the factor itself"),
        Column("value", "number", description="From 1 to 4", nullable=True),
        *_TAIL,
    )
)
STRATEGIES = TableSchema(
    (
        Column("strategy", "text", description="Name or identifier of the strategy"),
        Column("kind", "text", description="What it uses and meets", required=False, nullable=True,
               choices=KINDS),
        *_NAMES,
        Column("factor", "text", description="A factor that it takes up", nullable=True),
        Column("coverage", "number", description="How far, 1 if nothing stands there",
               required=False, nullable=True, minimum=0, maximum=1),
        *_TAIL,
    )
)  # fmt: skip


def _scores(item: str, what: str) -> tuple[Column, ...]:
    return (
        Column("rater", "text", description="Who judged"),
        Column(item, "text", description=what),
        _text(f"{item}_zh", f"{what}, Chinese"),
        Column("attribute", "text", description="What is scored"),
        _text("attribute_zh", "What is scored, Chinese"),
        Column("score", "number", description="From 1 to 5", minimum=1, maximum=5),
    )


COMPETITORS = TableSchema(
    (*_scores("competitor", "Rival, or ourselves"), *_TAIL), ("rater", "competitor", "attribute")
)
PARTNERS = TableSchema(
    (
        *_scores("partner", "Candidate"),
        Column("weight", "number", description="Weight of the attribute, equal if nothing stands",
               required=False, nullable=True, minimum=0),
        Column("users", "integer", description="Own users who were asked", required=False,
               nullable=True, minimum=0),
        Column("shared", "integer", description="Of these, users of the partner", required=False,
               nullable=True, minimum=0),
        *_TAIL,
    ),
    ("rater", "partner", "attribute"),
)  # fmt: skip
PRICES = TableSchema(
    (
        Column("date", "date", description="Day"),
        Column("rival", "text", description="Rival"),
        _text("rival_zh", "Rival, Chinese"),
        Column("sku", "text", description="Article"),
        Column("price", "number", description="Price of the day"),
        Column("reviews", "integer", description="Reviews of the day", required=False,
               nullable=True, minimum=0),
        Column("negative", "integer", description="Of these, negative ones", required=False,
               nullable=True, minimum=0),
        *_TAIL,
    ),
    ("date", "rival", "sku"),
)  # fmt: skip
