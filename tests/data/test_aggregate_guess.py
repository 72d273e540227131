"""The table of a test is recognised, and its suggested mapping reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.data import load_experiment
from analysis.data.aggregation.guess import experiment_schema
from analysis.data.inspection import inspect

EXPORT = "用户编号,分组,是否购买,成交额\n" + "".join(
    f"u{i},{'对照组' if i % 2 else '新素材'},{int(i % 5 == 0)},{i * 1.5:.2f}\n" for i in range(60)
)


def test_a_chinese_export_of_users_is_read_by_its_suggestion(tmp_path: Path) -> None:
    table, mapping = tmp_path / "导出.csv", tmp_path / "mapping.toml"
    table.write_bytes(EXPORT.encode("gb18030"))
    seen = inspect(str(table))
    schema = experiment_schema([column.name for column in seen.columns])
    assert schema is not None
    mapping.write_text(seen.mapping_toml(schema, keep=True), encoding="utf-8")
    arms = load_experiment(table, mapping=mapping).arms
    assert arms.control == "对照组"
    assert arms.users() == {"对照组": 30, "新素材": 30}
    assert [metric.kind for metric in arms.metrics] == ["proportion", "mean"]


@pytest.mark.parametrize(
    ("names", "column"),
    [
        (["variant", "users", "conversions"], "users"),
        (["分组", "人数", "转化数"], "users"),
        (["variant", "metric", "n", "mean", "variance"], "variance"),
        (["user_id", "group", "paid"], "user_id"),
    ],
)
def test_each_shape_is_told_by_its_columns(names: list[str], column: str) -> None:
    schema = experiment_schema(names)
    assert schema is not None
    assert column in schema.names


def test_a_panel_is_no_test_unless_it_is_said_to_be() -> None:
    assert experiment_schema(["日期", "门店", "销售额"]) is None
    said = experiment_schema(["日期", "门店", "销售额"], sure=True)
    assert said is not None
    assert "user_id" in said.names
