"""Answers: analyses of a run, kept with it because they follow from it alone.

An answer is the text that its maker wrote (JSON), found again by the run and the question; the question names
the version of the code that answered it, so that other code asks anew.
"""

from __future__ import annotations

from toolkit.store.workspace import Workspace


def save_answer(workspace: Workspace, run_id: str, question: str, answer: str) -> None:
    """Keep an answer; one that is there already is replaced. Raises StoreError."""
    with workspace.write() as connection:
        connection.execute("insert or replace into answer values (?, ?, ?)", [run_id, question, answer])


def load_answer(workspace: Workspace, run_id: str, question: str) -> str | None:
    """The answer to a question about a run; None where none is kept. Raises StoreError."""
    with workspace.read() as connection:
        row = connection.execute(
            "select answer from answer where run = ? and question = ?", [run_id, question]
        ).fetchone()
    return None if row is None else str(row[0])
