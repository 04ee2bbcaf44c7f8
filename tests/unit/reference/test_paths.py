"""The data folder is the checkout's, or the bundle's; the hash changes with names and bytes of facts only."""

import hashlib
from pathlib import Path

import pytest

from toolkit.reference import paths

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def facts(tmp_path):
    (tmp_path / "policies").mkdir()
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "policies" / "p.yaml").write_text("id: p\n")
    return tmp_path


def digest(folder):
    paths.data_hash.cache_clear()
    return paths.data_hash(folder)


def test_folders_of_the_checkout():
    assert paths.data_dir() == CHECKOUT / "data"
    assert paths.templates_dir() == CHECKOUT / "reports" / "templates"
    assert paths.fonts_dir() == CHECKOUT / "reports" / "fonts"
    assert paths.dashboards_dir() == CHECKOUT / "dashboards"


def test_an_installed_wheel_uses_its_bundle(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()  # somebody else's folder of that name
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path)
    assert paths.data_dir() == paths.BUNDLE / "data"
    assert paths.dashboards_dir() == paths.BUNDLE / "dashboards"


def test_hash_is_sha256_of_names_lengths_and_bytes(facts):
    expected = hashlib.sha256(b"a.csv\0004\0x\n1\npolicies/p.yaml\0006\0id: p\n").hexdigest()
    assert digest(facts) == expected


def test_hash_changes_with_a_byte_and_with_a_name(facts):
    before = digest(facts)
    (facts / "a.csv").write_text("x\n2\n")
    changed = digest(facts)
    (facts / "a.csv").rename(facts / "b.csv")
    assert len({before, changed, digest(facts)}) == 3


def test_examples_and_prose_are_not_facts(facts):
    before = digest(facts)
    (facts / "examples").mkdir()
    (facts / "examples" / "plan.yaml").write_text("plan: 1\n")
    (facts / "SOURCES.md").write_text("words\n")
    assert digest(facts) == before


def test_hash_of_the_facts_is_stable_within_a_process():
    assert paths.data_hash() == paths.data_hash()
    assert len(paths.data_hash()) == 64
