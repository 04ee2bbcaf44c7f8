"""Data: every table of facts with its sources, dates and age, and questions to the workspace in SQL."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from toolkit.estimate.cost.market import age_in_days
from toolkit.reference.paths import data_dir, data_hash, fact_files
from toolkit.store.reference import table_name
from toolkit.text import Language, t

DATES = ("as_of", "date", "year", "valid_from")  # columns that say when a fact held, the first that is there
CONFIDENCES = ("high", "medium", "low", "own_knowledge")
EXAMPLES = ("cheapest_gpus", "confidence", "newest_runs", "cash_of_run", "measurements")


@dataclass(frozen=True, slots=True)
class FactTable:
    """A file of facts as it stands: texts, a row each."""

    name: str
    file: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What is known of a table. `newest` and `oldest` are the dates of its facts, `age_days` is since the
    newest; None where no fact is dated. `confidence` counts rows by grade; `sources` counts titles."""

    name: str
    file: str
    rows: int
    sources: int
    first_source: str
    newest: str | None
    oldest: str | None
    age_days: int | None
    confidence: Mapping[str, int]

    def share(self, *grades: str) -> float | None:
        """The share of the rows with one of these grades; None where rows have none."""
        graded = sum(self.confidence.values())
        return sum(self.confidence.get(grade, 0) for grade in grades) / graded if graded else None


def catalogue(today: date) -> tuple[TableEntry, ...]:
    """Every table of `data/`, by name."""
    return tuple(_entry(table, today) for table in _tables(str(data_dir()), data_hash()).values())


def fact_table(name: str) -> FactTable:
    """One table. Raises KeyError for an unknown one."""
    return _tables(str(data_dir()), data_hash())[name]


def column_of(table: FactTable, name: str) -> tuple[str, ...]:
    """One column of a table; empty where it has none of that name."""
    if name not in table.heads:
        return ()
    place = table.heads.index(name)
    return tuple(row[place] for row in table.rows)


def matching(table: FactTable, words: str) -> tuple[tuple[str, ...], ...]:
    """The rows that hold every one of `words`, in any column."""
    wanted = words.casefold().split()
    if not wanted:
        return table.rows
    return tuple(row for row in table.rows if all(word in " ".join(row).casefold() for word in wanted))


def example_query(name: str, language: Language) -> tuple[str, str]:
    """A query that comes along: its name in words, and its text."""
    return t(f"page_data.example.{name}", language), _QUERIES[name]


@lru_cache(maxsize=2)
def _tables(folder: str, _fingerprint: str) -> dict[str, FactTable]:
    root = Path(folder)
    found = {}
    for file in sorted(fact_files(root)):
        if file.suffix == ".csv" and "constants" not in file.parts:
            name = table_name(file, root)
            with file.open(encoding="utf-8-sig", newline="") as lines:
                heads, *rows = [tuple(row) for row in csv.reader(lines) if row]
            found[name] = FactTable(name, f"data/{file.relative_to(root).as_posix()}", heads, tuple(rows))
    return found


def _entry(table: FactTable, today: date) -> TableEntry:
    dated = next((column_of(table, name) for name in DATES if name in table.heads), ())
    dates = sorted(one for one in dated if one[:4].isdigit())
    sources = [one for one in column_of(table, "source_title") or column_of(table, "source") if one]
    common = Counter(sources).most_common(1)
    return TableEntry(
        name=table.name,
        file=table.file,
        rows=len(table.rows),
        sources=len(set(sources)),
        first_source=common[0][0] if common else "",
        newest=dates[-1] if dates else None,
        oldest=dates[0] if dates else None,
        age_days=age_in_days(dates[-1], today) if dates else None,
        confidence=Counter(one for one in column_of(table, "confidence") if one),
    )


def first_of(options: Sequence[str]) -> str:
    """The table to begin with: the offers, where they are there."""
    return "offers" if "offers" in options else options[0]


_QUERIES = {
    "cheapest_gpus": """select gpu_id, min(price_per_device_hour) as usd_per_gpu_hour,
    arg_min(provider, price_per_device_hour) as provider, max(as_of) as newest
from reference.offers
where device = 'gpu' and currency = 'USD' and price_type = 'on_demand'
    and confidence in ('high', 'medium')
group by gpu_id
order by usd_per_gpu_hour""",
    "confidence": """select 'offers' as facts, confidence, count(*) as facts_of_it
from reference.offers group by all
union all select 'gpus', confidence, count(*) from reference.gpus group by all
union all select 'programmes', confidence, count(*) from reference.programmes group by all
order by facts, facts_of_it desc""",
    "newest_runs": """select b.built_at, r.id, r.plan, r.scenario, r.draws, r.currency
from build b join run r on r.id = b.run
order by b.number desc
limit 50""",
    "cash_of_run": """select month, max(value) filter (level = 0.05) as p5,
    max(value) filter (level = 0.5) as median, max(value) filter (level = 0.95) as p95
from run_fan
where line = 'account.cash' and run = (select run from build order by number desc limit 1)
group by month
order by month""",
    "measurements": """select device, model, mode, dtype, batch, tokens, round(value, 1) as value, unit,
    round(mfu, 3) as mfu, measured_at
from measurement
order by measured_at desc
limit 200""",
}
