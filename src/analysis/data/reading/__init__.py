"""Tables as they are found: text files, workbooks, Parquet and databases; no cell converted."""
