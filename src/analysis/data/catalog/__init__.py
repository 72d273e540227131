"""The catalog of datasets: what there is, where it comes from, how it becomes typed Parquet.

Cheap to import: nothing here loads pandas or DuckDB until a table is made.
"""

from analysis.data.catalog.checksums import Checksums, sha256_file
from analysis.data.catalog.entries import Dataset, Field, Package, RawFile, View
from analysis.data.catalog.listing import Catalog, read_catalog
from analysis.data.catalog.prepare import Prepared, prepare, prepared, verify

__all__ = [
    "Catalog",
    "Checksums",
    "Dataset",
    "Field",
    "Package",
    "Prepared",
    "RawFile",
    "View",
    "prepare",
    "prepared",
    "read_catalog",
    "sha256_file",
    "verify",
]
