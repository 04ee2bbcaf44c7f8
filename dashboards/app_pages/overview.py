"""Will the cash last? Four figures against a named baseline, the fan of cash, the scenarios, what changed."""

from __future__ import annotations

from board import figures, frame, panels, reading

from toolkit.app.pages.overview import baseline_of

here = frame.here()
plan, scenario, run = here.shown
baseline = baseline_of(plan, scenario)
found = reading.overview_of(here.path, run, baseline.run if baseline else None)

figures.answer(found, here.language)
figures.cards(found, baseline, here.language)
panels.cash(here, found)
panels.scenarios(here, plan, reading.scenarios_of(here.path, plan))
panels.compute(here, found)
panels.changes(here, plan)
panels.warnings(found, here.language)
panels.footer(found, here)
