"""Files as planners leave them, written into a temporary folder."""

from __future__ import annotations

from pathlib import Path

from analysis.base.errors import InputError
from analysis.base.schema import Column, TableSchema
from analysis.data.loading import load_table

SALES = TableSchema(
    (
        Column("ds", "date"),
        Column("unique_id", "text"),
        Column("y", "number", unit="CNY", minimum=0),
    ),
    key=("ds", "unique_id"),
)
GOOD = "ds,unique_id,y\n2026-11-11,华东,1.5亿\n2026年11月12日,华东,32万\n"
EXPORT = (
    "双十一销售报表,,,\n"
    "制表：张三,,,\n"
    "日期,门店,销售额(万元),转化率\n"
    '2026年11月11日,华东,"1,299.5",85%\n'
    "2026-11-12,华东,0.07,80%\n"
    ",,,\n"
    "合计,,1299.57,\n"
)
EXPORT_MAPPING = (
    "header_row = 3\n"
    "[columns]\n"
    'ds = "日期"\n'
    'unique_id = "门店"\n'
    'y = { from = "销售额(万元)", unit = "万元" }\n'
)


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def refusal(path: Path | str, schema: TableSchema = SALES, mapping: Path | None = None) -> str:
    """Return the one message that loading ends with."""
    try:
        load_table(path, schema, mapping=mapping)
    except InputError as error:
        return str(error)
    raise AssertionError(f"{path} was read")
