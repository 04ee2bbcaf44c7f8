"""`dashboard`: the pages, on this machine; for others only where the server knows who they are."""

from __future__ import annotations

from pathlib import Path
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
    address: Annotated[
        str, typer.Option(help="Address to listen on: this machine only, unless readers are known.")
    ] = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Nobody changes anything.")] = False,
    behind_proxy: Annotated[
        str | None, typer.Option(help="The header in which a proxy in front says who is there.")
    ] = None,
    sign_in: Annotated[
        Path | None, typer.Option(help="Secrets of an identity provider (OIDC), section [auth].")
    ] = None,
    editor: Annotated[
        list[str] | None, typer.Option(help="Who may change something; may be given again; * is everybody.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option(help="A name under which people reach the server; may be given again.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Open the dashboards in a browser."""
    with frame(json, lang) as out:
        from toolkit.app.access import Access
        from toolkit.app.serving import serve

        access = Access(read_only, behind_proxy, sign_in, tuple(editor or ()), tuple(host or ()))
        out.exit_code = serve(open_workspace(workspace), port, address, out.language, access)
