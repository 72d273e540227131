"""A project of a few rows in a temporary folder: one wheel, one repository table."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from analysis.base.paths import Home
from analysis.data.catalog.entries import Package

SALES = "Day,Shop,Amount,Open\n2024-01-02,7,12.50,True\n2024-01-01,7,0.99,False\n"
STAMPS = "1 2024-01-01T04:30:00\n2 2024-07-01T04:30:00\n"
PLAN = "fact_id,value,note\na.1,5,\na.2,,about\n"

CATALOG = """
[packages.shop]
package = "shop-data"
version = "1.0"
file = "shop_data-1.0-py3-none-any.whl"
sha256 = "{wheel}"
code_licence = "MIT"
data_licence = "CC0"
homepage = "example.org"

[columns.fact_id]
kind = "text"
description = "Identifier"

[datasets.sales]
title = "Sales of a shop"
nature = "simulated"
unit = "one shop on one day"
timezone = "none"
source = "invented for a test"
package = "shop"
format = "csv"
files = [{{ path = "shop/sales.csv", member = "shop/data/sales.csv", sha256 = "{sales}" }}]
processed = "sales.parquet"
rows = 2
key = ["date", "shop"]
columns = [
  {{ name = "date", kind = "date", description = "Day", from = "Day" }},
  {{ name = "shop", kind = "text", description = "Shop", from = "Shop" }},
  {{ name = "amount", kind = "number", unit = "EUR", description = "Turnover", from = "Amount", \
min = 0, decimals = 2 }},
  {{ name = "open", kind = "boolean", description = "Whether open", from = "Open" }},
]

[datasets.stamps]
title = "Stamps"
nature = "simulated"
unit = "one stamp"
timezone = "America/New_York"
source = "invented for a test"
package = "shop"
format = "fields"
header = false
files = [{{ path = "shop/stamps.txt", member = "shop/data/stamps.txt", sha256 = "{stamps}" }}]
processed = "stamps.parquet"
rows = 2
key = ["id"]
columns = [
  {{ name = "id", kind = "integer", description = "Number", from = "1" }},
  {{ name = "instant", kind = "datetime", description = "Instant", from = "2", \
read = "utc_instant" }},
  {{ name = "local_time", kind = "datetime", description = "Wall clock", from = "2", \
read = "utc_to_local" }},
  {{ name = "local_date", kind = "date", description = "Day", from = "2", read = "utc_to_local" }},
]

[datasets."plan.facts"]
title = "Facts"
nature = "illustrative"
unit = "one fact"
timezone = "none"
source = "invented for a test"
code_licence = "none"
data_licence = "ours"
format = "csv"
files = [{{ path = "plan/facts.csv", sha256 = "{plan}" }}]
processed = "plan/facts.parquet"
rows = 2
key = ["fact_id"]
columns = [
  "fact_id",
  {{ name = "value", kind = "number", description = "Value", nullable = true, max = 10 }},
  {{ name = "note", kind = "text", description = "Note", nullable = true, choices = ["about"] }},
]
"""


def sha256(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


@dataclass
class Shop:
    """A temporary project and a fake package index that counts its downloads."""

    home: Home
    wheel: Path
    downloads: list[str] = field(default_factory=list)

    def download(self, package: Package, folder: Path) -> None:
        self.downloads.append(package.name)
        shutil.copyfile(self.wheel, folder / package.file)

    def catalog(self, **checksums: str) -> None:
        """Write the catalog; checksums default to those of the files as built."""
        good = {
            "wheel": sha256(self.wheel.read_bytes()),
            "sales": sha256(SALES),
            "stamps": sha256(STAMPS),
            "plan": sha256(PLAN),
        }
        self.home.catalog.write_text(CATALOG.format(**(good | checksums)), encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Replace a piece of the catalog that is there."""
        content = self.home.catalog.read_text(encoding="utf-8")
        assert old in content
        self.home.catalog.write_text(content.replace(old, new), encoding="utf-8")

    def sales(self, content: str) -> None:
        """Put another raw sales file in place, with its own checksum in the catalog."""
        path = self.home.raw / "shop" / "sales.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        self.catalog(sales=sha256(content))


def build(root: Path) -> Shop:
    """Build the project under a folder; its wheel lies outside of the project."""
    home = Home(root / "project")
    plan = home.raw / "plan"
    plan.mkdir(parents=True)
    (plan / "facts.csv").write_text(PLAN, encoding="utf-8")
    wheel = root / "shop_data-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("shop/data/sales.csv", SALES)
        archive.writestr("shop/data/stamps.txt", STAMPS)
        archive.writestr("shop/__init__.py", "raise RuntimeError('never imported')")
    shop = Shop(home, wheel)
    shop.catalog()
    return shop
