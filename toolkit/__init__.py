"""Groundplan: the planning tool of an AI start-up.

`import toolkit` loads nothing heavy: torch, duckdb, streamlit, transformers and pandas are imported
where they are used. The rooms and the direction in which they may import each other are described in
the README and checked by import-linter.
"""

__version__ = "0.1.0"
