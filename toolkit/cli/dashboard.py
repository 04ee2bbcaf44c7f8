"""`dashboard`: the pages, on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
)


def dashboard(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on: this machine only.")] = "127.0.0.1",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Open the dashboards in a browser."""
    with frame(json, lang) as out:
        from toolkit.app.serving import serve

        out.exit_code = serve(open_workspace(workspace), port, address, out.language)
