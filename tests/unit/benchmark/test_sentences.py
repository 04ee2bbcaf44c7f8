"""Everything that the benchmark says has words in both languages."""

import inspect
import re
from pathlib import Path

import pytest

import toolkit
from toolkit.benchmark import requests, results
from toolkit.text import load_catalogue

SOURCES = [
    path
    for folder in ("benchmark", "shapes")
    for path in (Path(toolkit.__file__).parent / folder).rglob("*.py")
] + [Path(toolkit.__file__).parent / "app" / f"{name}.py" for name in ("bench_request", "benchmarking")]
NAMES = re.compile(r'"bench\.([a-z0-9_]+)"')


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_problem_has_words_and_a_mend(language: str) -> None:
    used = {name for path in SOURCES for name in NAMES.findall(path.read_text(encoding="utf-8"))}
    used |= set(re.findall(r'_problem\("([a-z_]+)"', inspect.getsource(requests)))
    used |= set(re.findall(r'problem = "([a-z_]+)"', SOURCES[-1].read_text(encoding="utf-8")))
    used |= set(re.findall(r' else "([a-z]+_measurements)"', SOURCES[-1].read_text(encoding="utf-8")))
    used |= {f"worker_{how}" for how in ("died", "hung", "overran")}
    sentences = load_catalogue("bench", language)  # type: ignore[arg-type]
    missing = {name for name in used if f"{name}.problem" not in sentences or f"{name}.mend" not in sentences}
    assert len(used) > 20
    assert missing == set()
    told = {key.split(".")[0] for key in sentences if key.endswith(".problem")}
    assert told - used == set()  # and no sentence for what cannot happen any more


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_flag_and_stop_reason_has_words(language: str) -> None:
    flags = set(re.findall(r'^        "([a-z_]+)":', inspect.getsource(results._flags), re.MULTILINE))
    stops = set(re.findall(r'"([a-z]+)"', inspect.getsource(results._stop_reason)))
    foreign = Path(toolkit.__file__).parent / "benchmark" / "foreign"
    for path in foreign.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        flags |= {
            name for name in ("cited", "no_blocks", "by_difference", "requests_failed") if f'"{name}"' in text
        }
    stops |= {"cited"}
    sentences = load_catalogue("bench", language)  # type: ignore[arg-type]
    assert len(flags) == 15
    assert {key.removeprefix("flag.") for key in sentences if key.startswith("flag.")} == flags
    assert {key.removeprefix("stop.") for key in sentences if key.startswith("stop.")} == stops
