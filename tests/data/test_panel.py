from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.data.panel import SHIPPED, TeamPanel, load_panel

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "data" / "raw" / "plan"
TEMPLATE = PLAN / "swot_template.xlsx"
GROUPS = {"a": "S", "b": "S", "c": "W", "d": "O", "e": "T"}
FACTORS = "factor,group,name_zh,kpi\n" + "".join(
    f"{name},{group},因素{name},{'NPS' if name == 'a' else ''}\n" for name, group in GROUPS.items()
)
JUDGMENTS = "rater,left,right,value\n" + "".join(
    f"{rater},{pair},{value}\n"
    for rater in ("r1", "r2")
    for pair, value in (("S,W", 2), ("S,O", 1), ("S,T", 3), ("W,O", 0.5), ("W,T", 1), ("O,T", 2),
                        ("a,b", 3))
)  # fmt: skip
STRATEGIES = (
    "strategy,kind,factor,coverage,line\ngo,SO,a,1,1.1\ngo,,d,0.5,\nstay,,c,,\nidle,WT,,,\n"
)
SCORES = "rater,{item},{item}_zh,attribute,attribute_zh,score{more}\n"


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(folder: Path, **texts: str) -> dict[str, Path]:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.csv" for name in texts}


def load(folder: Path, lang: str = "en", **texts: str) -> TeamPanel:
    given = {"data": JUDGMENTS, "factors": FACTORS, "strategies": STRATEGIES, **texts}
    paths = written(folder, **{name: text for name, text in given.items() if text})
    return load_panel(**{name: str(path) for name, path in paths.items()}, lang=lang)


def refused(folder: Path, **texts: str) -> str:
    with pytest.raises(InputError) as caught:
        load(folder, **texts)
    message = str(caught.value)
    assert ".csv" in message
    return message


def test_tables_of_a_team_come_under_the_readers_names(tmp_path: Path) -> None:
    panel = load(tmp_path)
    assert panel.answers.groups == GROUPS
    assert panel.answers.kpis["a"] == "NPS"
    assert panel.answers.by("kind") == {"go": "SO", "stay": "", "idle": "WT"}
    assert panel.answers.by("line")["go"] == "1.1"
    links = panel.answers.links.set_index(["strategy", "factor"])["strength"]
    assert links.to_dict() == {("go", "a"): 1.0, ("go", "d"): 0.5, ("stay", "c"): 1.0}
    assert set(panel.answers.judgments["group"]) == {"SWOT", "S"}
    assert panel.competitors is None
    chinese = load(tmp_path, "zh")
    assert set(chinese.answers.groups) == {f"因素{name}" for name in GROUPS}
    assert "因素a" in set(chinese.answers.pairwise["left"])


def test_the_card_says_what_the_parts_are(tmp_path: Path) -> None:
    _, nature, _, facts = load(tmp_path).describe("en")
    shown = dict(facts)
    assert nature == "own"
    assert (shown["Raters"], shown["Factors"], shown["Strategies"]) == ("2", "5", "3")
    _, nature, words, facts = load_panel(SHIPPED, lang="zh").describe("zh")
    assert nature == "illustrative"
    assert sum(words in text for _, text in facts) == 2


def test_the_shipped_panel_has_every_part() -> None:
    panel = load_panel(SHIPPED)
    assert len(panel.answers.factors) == 12
    for part in (panel.competitors, panel.partners, panel.prices):
        assert part is not None
        assert len(part.frame)
    assert panel.prices is not None
    assert panel.prices.opened.describe("en")[1] == "simulated"
    assert panel.partners is not None
    assert sum(panel.partners.weights.values()) == pytest.approx(1)


def test_shipped_factors_are_facts_of_the_plan_and_lines_exist() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (PLAN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    facts = {row["fact_id"]: row for row in rows("swot_factors")}
    scored = rows("swot_kpis")
    assert all(facts[row["factor"]]["category"] == row["group"] for row in scored)
    assert all(facts[row["factor"]]["plan"] == "new_year" for row in scored)
    lines = [row["line"] for name in ("swot_kpis", "swot_strategies", "swot_competitors")
             for row in rows(name)]  # fmt: skip
    for line in {one for text in lines for one in text.split("; ") if one}:
        assert line in {row["fact_id"] for row in rows(line.split(".")[0])}


@pytest.mark.parametrize("name", ["swot_judgments", "swot_competitors"])
def test_scripts_make_the_shipped_rows_again(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = name.removeprefix("swot_")
    source = "swot_judgments" if table == "judgments" else "swot_market"
    monkeypatch.setattr("sys.argv", ["", table])
    script(source).main()
    assert capsys.readouterr().out == (PLAN / f"{name}.csv").read_text(encoding="utf-8")


def test_the_template_is_made_again_byte_for_byte_and_is_a_whole_swot() -> None:
    assert script("swot_template").content() == TEMPLATE.read_bytes()
    panel = load_panel(TEMPLATE)
    assert set(panel.answers.groups.values()) == set("SWOT")
    assert len(panel.answers.strategies) == 6
    assert panel.answers.ratings.shape == (3, 12)
    assert set(panel.answers.attractiveness) == {"R1", "R2", "R3"}
    assert panel.parts.keys() == {"factors", "ratings", "strategies"}


def sheet(name: str) -> pd.DataFrame:
    return pd.read_excel(TEMPLATE, sheet_name=name, engine="openpyxl")


def test_sheets_left_empty_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        for name in ("factors", "judgments"):
            sheet(name).to_excel(book, sheet_name=name, index=False)
        for name in ("ratings", "strategies"):
            sheet(name).head(0).to_excel(book, sheet_name=name, index=False)
    panel = load_panel(path)
    assert panel.answers.strategies.empty
    assert panel.answers.ratings.empty


def test_blank_judgments_are_not_given(tmp_path: Path) -> None:
    panel = load(tmp_path, data=JUDGMENTS.replace("r1,S,O,1", "r1,S,O,"))
    assert panel.empty == 1
    assert len(panel.answers.pairwise) == 13
    assert dict(panel.describe("en")[3])["Judgments left blank"] == "1"


def test_without_a_table_of_factors_the_judgments_name_their_group(tmp_path: Path) -> None:
    text = "rater,group,left,right,value\nr,SWOT,S,T,2\nr,S,x,y,3\nr,T,u,v,1\n"
    panel = load(tmp_path, data=text, factors="", strategies="")
    assert panel.answers.groups == {"x": "S", "y": "S", "u": "T", "v": "T"}
    assert "table of factors" in refused(tmp_path, data=JUDGMENTS, factors="", strategies="")


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    head, rest = JUDGMENTS.split("\n", 1)
    paths = written(tmp_path, data="谁,左,右,倍数\n" + rest, factors=FACTORS)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[columns]\nrater = "谁"\nleft = "左"\nright = "右"\nvalue = "倍数"\n', encoding="utf-8"
    )
    panel = load_panel(paths["data"], mapping=mapping, factors=paths["factors"])
    assert len(panel.answers.pairwise) == 14
    assert head


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("r1,S,W,2", "r1,S,W,0", "row 2, column 'value': found 0, expected a number above 0"),
        ("r1,S,W,2", "r1,S,W,-2", "row 2, column 'value': found -2, expected a number above 0"),
        ("r1,S,W,2", "r1,S,W,1e308", "found 1e+308, expected a number above 0 on Saaty's scale"),
        ("r1,S,W,2", "r1,S,W,1e-300", "found 1e-300, expected a number above 0 on Saaty's scale"),
        ("r1,S,W,2", "r1,S,W,90", "found 90, expected a number above 0 on Saaty's scale, 1/9 to"),
        ("r1,S,W,2", "r1,S,W,50%", "row 2, column 'value': found '50%', expected a plain number"),
        ("r1,a,b,3", "r1,a,b|c,3", "column 'right': found 'b|c', expected a name without |"),
        ("r1,S,W,2", "r1,S,W,two", "row 2, column 'value': found 'two', expected a number"),
        ("r1,S,W,2", "r1,S,V,2", "row 2, column 'right': found 'V'"),
        ("r1,a,b,3", "r1,a,bb,3", "found 'bb', expected a factor or S, W, O, T; did you mean"),
        ("r1,a,b,3", "r1,a,c,3", "column 'right': found 'c' of W, expected two groups, or two fac"),
        ("r1,W,T,1", "r1,S,W,2", "row 6, column 'left': found S : W again by rater r1, as in"),
        ("r1,W,T,1", "r1,W,S,2", "found W : S = 2 beside S : W = 2 in row 2 by rater r1, expe"),
        ("r1,a,b,3\n", "", "found no judgments by rater r1 in S"),
        (",value", ",worth", "column 'value': found no such column"),
        ("r1,S,T,3", "r1,T,T,3", "found 'T' against itself"),
    ],
)  # fmt: skip
def test_wrong_judgments_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in refused(tmp_path, data=JUDGMENTS.replace(old, new, 1))


def test_a_factor_that_nobody_judged_and_parts_that_nothing_ties(tmp_path: Path) -> None:
    alone = FACTORS + "f,S,,\n"
    assert "no judgment of the factor 'f'" in refused(tmp_path, factors=alone)
    parted = "".join(
        line for line in JUDGMENTS.splitlines(keepends=True)
        if not line.startswith(("r2,S,T", "r2,W,T", "r2,O,T"))
    )  # fmt: skip
    message = refused(tmp_path, data=parted)
    assert "none between S, W, O and T (rater r2, SWOT)" in message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("go,SO,a", "go,OS,a", "row 2, column 'kind': found 'OS', expected one of 'SO', 'WO'"),
        ("0.5", "1.5", "row 3, column 'coverage': found '1.5', expected a number from 0 to 1"),
        ("go,,d", "go,,dd", "row 3, column 'factor': found 'dd', expected a factor; did you"),
        ("go,,d", "go,WO,d", "row 3, column 'kind': found 'WO' of go, expected 'SO'"),
        ("go,,d", "go,,a", "row 3, column 'factor': found go on a again, as in row 2"),
        ("coverage", "covers", "a column nobody asked for"),
        ("a,1,1.1\ngo,,d,0.5,\nstay,,c,", ",1,1.1\nstay,,,", "no factor that any strategy"),
    ],
)  # fmt: skip
def test_wrong_strategies_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in refused(tmp_path, strategies=STRATEGIES.replace(old, new, 1))


def test_wrong_ratings_are_named(tmp_path: Path) -> None:
    head = "rater,kind,left,right,value\n"
    pairs = "".join(
        f"{line.split(',', 1)[0]},pairwise,{line.split(',', 1)[1]}\n"
        for line in JUDGMENTS.splitlines()[1:]
    )
    for row, message in (
        ("r1,rating,a,,5\n", "found 5, expected a number from 1 to 4"),
        ("r1,rating,a,b,2\n", "found 'b', expected nothing"),
        ("r1,attractiveness,a,goo,2\n", "expected a strategy; did you mean 'go'?"),
        ("r1,best,a,b,0.5\n", "expected a number of at least 1"),
        ("r1,attractiveness,a,go,2\nr1,attractiveness,a,stay,2\nr1,attractiveness,c,go,2\n",
         "no attractiveness of stay under c by rater r1"),
        ("r1,rating,q,,2\n", "found 'q', expected a factor"),
    ):  # fmt: skip
        assert message in refused(tmp_path, data=head + pairs + row)


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        (FACTORS.replace("a,S", "a,X"), "row 2, column 'group': found 'X', expected one of 'S'"),
        (FACTORS.replace("b,S", "a,S"), "found factor 'a' again, as in row 2"),
        (FACTORS.replace("a,S", "a|z,S"), "expected a name without |"),
        (FACTORS.replace("a,S", "S,S"), "expected a name without |"),
        (FACTORS.replace("因素a", "S"), "row 2, column 'name_zh': found 'S', expected a name"),
        ("", ""),
    ],
)
def test_wrong_factors_are_named(tmp_path: Path, factors: str, message: str) -> None:
    if factors:
        assert message in refused(tmp_path, factors=factors)
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(InputProblems, match="an empty file"):
        load_panel(empty)
    empty.write_bytes("rater,left,right,value\n优".encode("gbk") + b"\xff\xfe,b,1,2\n")
    with pytest.raises(InputProblems, match="neither UTF-8 nor GB18030"):
        load_panel(empty)


def test_two_factors_may_not_share_a_name(tmp_path: Path) -> None:
    same = FACTORS.replace("因素b", "因素a")
    with pytest.raises(InputProblems, match="as the name of a and b"):
        load(tmp_path, "zh", factors=same)


def test_scores_of_others_are_checked(tmp_path: Path) -> None:
    head = SCORES.format(item="competitor", more="")
    rows = "".join(f"r,{c},{c}方,{a},,3\n" for c in "xy" for a in "pq")
    panel = load(tmp_path, "zh", competitors=head + rows)
    assert panel.competitors is not None
    assert set(panel.competitors.frame["competitor"]) == {"x方", "y方"}
    assert set(panel.competitors.frame["attribute"]) == {"p", "q"}
    gap = head + rows.rsplit("r,y", 1)[0]
    assert "no score by r of y on q" in refused(tmp_path, competitors=gap)
    head = SCORES.format(item="partner", more=",weight,users,shared")
    rows = "".join(f"r,{c},,{a},,3,{1 + (a == 'q')},50,20\n" for c in "xy" for a in "pq")
    panel = load(tmp_path, partners=head + rows)
    assert panel.partners is not None
    assert panel.partners.weights == {"p": 1.0, "q": 2.0}
    assert panel.partners.overlap["shared"].tolist() == [20, 20]
    other = head + rows.replace("3,2,50", "3,5,50", 1)
    assert "found 2 for q, expected 5" in refused(tmp_path, partners=other)
    many = head + rows.replace("50,20", "50,60")
    assert "60 of 50 users" in refused(tmp_path, partners=many)
    some = head + rows.replace(",3,1,", ",3,,")
    assert "weights of some attributes only" in refused(tmp_path, partners=some)


def test_daily_prices_are_checked(tmp_path: Path) -> None:
    head = "date,rival,sku,price,reviews,negative\n"
    assert "row 2, column 'price': found 0" in refused(
        tmp_path, prices=head + "2026-12-01,x,1,0,4,1\n"
    )
    assert "found 5 of 4 reviews" in refused(tmp_path, prices=head + "2026-12-01,x,1,9,4,5\n")
    assert "expected a date" in refused(tmp_path, prices=head + "soon,x,1,9,4,1\n")
    panel = load(tmp_path, prices="date,rival,sku,price\n2026-12-01,x,1,9\n")
    assert panel.prices is not None
    assert panel.prices.frame["reviews"].isna().all()


def changed(folder: Path, sheet: str, **cells: str | None) -> Path:
    """The template with some cells of a sheet changed."""
    import openpyxl

    book = openpyxl.load_workbook(TEMPLATE)
    for place, value in cells.items():
        book[sheet][place] = value
    path = folder / "filled.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "message"),
    [
        ("strategies", "G2", "#N/A", "sheet 'strategies': 1 problem\n  - row 2, column 'coverage': "
         "found the error #N/A"),
        ("strategies", "G2", "=0.5+0.1", "column 'coverage': found the formula =0.5+0.1, which"),
        ("judgments", "F8", "#DIV/0!", "row 8, column 'value': found the error #DIV/0!"),
        ("judgments", "F8", "=1/3", "row 8, column 'value': found the formula =1/3, which was"),
    ],
)  # fmt: skip
def test_errors_and_formulas_are_no_empty_cells(
    tmp_path: Path, sheet: str, cell: str, value: str, message: str
) -> None:
    with pytest.raises(InputProblems) as caught:
        load_panel(changed(tmp_path, sheet, **{cell: value}))
    assert message in str(caught.value)


def test_fractions_and_rounded_reciprocals_are_read(tmp_path: Path) -> None:
    text = JUDGMENTS.replace("r1,a,b,3", "r1,a,b,3\nr1,b,a,1/3").replace("r2,W,O,0.5", "r2,W,O,1/2")
    rows = load(tmp_path, data=text).answers.pairwise
    assert rows.loc[rows["left"] == "b", "value"].tolist() == [1 / 3]
    rounded = JUDGMENTS.replace("r1,a,b,3", "r1,a,b,3\nr1,b,a,0.33")
    assert len(load(tmp_path, data=rounded).answers.pairwise) == 15


def test_a_strategy_may_have_the_identifier_of_a_factor(tmp_path: Path) -> None:
    head = "rater,kind,left,right,value\n"
    pairs = "".join(f"{line.replace(',', ',,', 1)}\n" for line in JUDGMENTS.splitlines()[1:])
    rated = "".join(f"r1,attractiveness,a,{name},{i}\n" for i, name in ((2, "b"), (4, "stay")))
    plans = "strategy,kind,factor,name_en\nb,SO,a,Push\nstay,WT,c,Wait\n"
    panel = load(tmp_path, data=head + pairs + rated, strategies=plans)
    assert list(panel.answers.attractiveness["r1"].columns) == ["Push", "Wait"]
    assert set(panel.answers.groups) == set(GROUPS)


def test_sheets_are_found_in_capitals_and_unread_ones_are_named(tmp_path: Path) -> None:
    import openpyxl

    def renamed(**names: str) -> Path:
        book = openpyxl.load_workbook(TEMPLATE)
        for old, new in names.items():
            # A workbook takes two names that differ in capitals for one.
            book[old].title = "other"
            book["other"].title = new
        path = tmp_path / "renamed.xlsx"
        book.save(path)
        return path

    assert len(load_panel(renamed(judgments="Judgments", strategies="Strategies ")).answers
               .strategies) == 6  # fmt: skip
    other = load_panel(renamed(strategies="策略"))
    assert dict(other.describe("en")[3])["Sheets not read"] == "策略"
    with pytest.raises(InputError, match="no visible sheet 'judgments' among 'read me', 'factors'"):
        load_panel(renamed(judgments="判断"))


def test_raters_of_ratings_who_did_not_compare_are_named(tmp_path: Path) -> None:
    panel = load_panel(changed(tmp_path, "ratings", A2="R01"))
    assert dict(panel.describe("en")[3])["Raters without comparisons"] == "R01"


def test_a_hole_in_the_ratings_is_named_by_sheet_and_row(tmp_path: Path) -> None:
    rows = sheet("ratings")
    place = int(rows.index[rows["strategy"].notna()][0]) + 2
    path = changed(tmp_path, "ratings", **{f"D{place}": None})
    with pytest.raises(InputProblems, match=f"sheet 'ratings': 1 problem\n  - row {place}, column"):
        load_panel(path)


def test_factors_of_one_group_or_of_none_are_refused(tmp_path: Path) -> None:
    one = "rater,group,left,right,value\nr1,S,a,b,2\n"
    assert "factors of S alone, expected" in refused(tmp_path, data=one, factors="", strategies="")
    none = "rater,group,left,right,value\nr1,SWOT,S,W,2\n"
    assert "factors of no group alone" in refused(tmp_path, data=none, factors="", strategies="")


def test_what_the_question_refuses_names_the_file_too(tmp_path: Path) -> None:
    import numpy as np

    from analysis import swot

    panel = load(tmp_path)
    with pytest.raises(InputError, match=r"data\.csv: judgments: found no comparisons with"):
        swot.score(panel.answers, swot.Settings(route="bwm"), np.random.default_rng(1))


def test_names_of_both_languages_are_kept_and_no_two_are_alike(tmp_path: Path) -> None:
    for lang, shown in (("en", "a"), ("zh", "因素a")):
        name = load(tmp_path, lang).names.of("factor", shown)
        assert (name.id, name.en, name.zh) == ("a", "a", "因素a")
    head = SCORES.format(item="competitor", more="")
    rows = [("A", "甲"), ("A", ""), ("B", "乙"), ("B", "乙")]
    table = head + "".join(
        f"r1,{name},{other},{attribute},,3\n"
        for (name, other), attribute in zip(rows, "xyxy", strict=True)
    )
    # A Chinese name in one row holds for the others.
    scores = load(tmp_path, "zh", competitors=table).competitors
    assert scores is not None
    assert scores.frame["competitor"].tolist() == ["甲", "甲", "乙", "乙"]
    alike = table.replace("乙", "甲")
    with pytest.raises(InputProblems, match="'甲' as the name of A and B"):
        load(tmp_path, "zh", competitors=alike)
