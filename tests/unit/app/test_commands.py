"""What holds for every command of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from toolkit.cli.main import app


def _commands(command: Any, name: str = "") -> Iterator[tuple[str, set[str]]]:
    for word, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{name} {word}".strip())
    if not hasattr(command, "commands"):
        yield name, {option for parameter in command.params for option in parameter.opts}


COMMANDS = dict(_commands(get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_workspace_json_and_language(name: str) -> None:
    assert {"--workspace", "--json", "--lang"} <= COMMANDS[name]
