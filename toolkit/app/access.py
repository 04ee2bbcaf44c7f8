"""Access: who may open the dashboards, and who may change something in them.

On a loopback address whoever sits at the machine may do everything, unless it is `read_only`. Any other
address is refused unless the server knows who is there: by a header that a proxy in front of it sets
(`proxy_header`), or because people sign in with an identity provider (`sign_in`, a file of secrets for
`st.login`). Those who are known read; those whom `editors` lists (`*`: all of them) change things too.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import InputError, Problem, refuse

READ_ONLY_VARIABLE = "GROUNDPLAN_READ_ONLY"  # set: nobody changes anything
PROXY_VARIABLE = "GROUNDPLAN_PROXY_HEADER"  # the header in which a proxy names who is there
SIGN_IN_VARIABLE = "GROUNDPLAN_SIGN_IN"  # set: people sign in with an identity provider
EDITORS_VARIABLE = "GROUNDPLAN_EDITORS"  # who may change something, a name a line; `*`: everybody
SECRETS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
SHORTEST_COOKIE_SECRET = 32
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Access:
    """How readers are known and what they may do. `hosts` are names under which people reach the server,
    where not any will do."""

    read_only: bool = False
    proxy_header: str | None = None
    sign_in: Path | None = None
    editors: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    @property
    def knows_readers(self) -> bool:
        """Whether nobody gets in without a name."""
        return self.proxy_header is not None or self.sign_in is not None

    def environment(self) -> dict[str, str]:
        """What the pages' process is told."""
        found = {EDITORS_VARIABLE: "\n".join(self.editors)}
        if self.read_only:
            found[READ_ONLY_VARIABLE] = "1"
        if self.proxy_header is not None:
            found[PROXY_VARIABLE] = self.proxy_header
        if self.sign_in is not None:
            found[SIGN_IN_VARIABLE] = "1"
        return found


OPEN = Access()


def host_of(address: str, access: Access) -> str:
    """The address to listen on; `localhost` is 127.0.0.1.

    Raises InputError for one that others could reach while the server would not know who they are, for one
    that is none, and for access that cannot work.
    """
    refuse(_faults(access))
    name = "127.0.0.1" if address == "localhost" else address
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        found = None
    if found is None or not (found.is_loopback or access.knows_readers):
        raise InputError([Problem("dashboard.address", "address", values={"address": address or "''"})])
    return name


def allowed_hosts(host: str, access: Access) -> tuple[str, ...]:
    """The names in the Host header that are answered: a page of somebody else's that points its own name to
    this machine is not."""
    own = ("127.0.0.1", "localhost", "::1", host)
    if ipaddress.ip_address(host).is_loopback and not access.hosts and not access.knows_readers:
        return tuple(dict.fromkeys(own))
    return tuple(dict.fromkeys((*own, *access.hosts))) if access.hosts else ("*",)


def _faults(access: Access) -> Iterator[Problem]:
    """What cannot work, all of it."""
    if access.proxy_header is not None and access.sign_in is not None:
        yield Problem("dashboard.two_ways", "sign-in")
    if access.proxy_header is not None and not _HEADER.fullmatch(access.proxy_header):
        yield Problem("dashboard.header", "behind-proxy", values={"header": access.proxy_header})
    if access.editors and not access.knows_readers:
        yield Problem("dashboard.editors", "editor")
    if access.sign_in is not None:
        yield from _sign_in_faults(access.sign_in)


def _sign_in_faults(file: Path) -> Iterator[Problem]:
    try:
        found: object = tomllib.loads(file.read_text(encoding="utf-8")).get("auth")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        yield Problem("dashboard.secrets_unreadable", "sign-in", str(file), values={"reason": str(error)})
        return
    auth: Mapping[str, object] = found if isinstance(found, dict) else {}
    missing = [key for key in SECRETS if not auth.get(key)]
    if missing:
        yield Problem("dashboard.secrets", "sign-in", str(file), values={"missing": ", ".join(missing)})
    elif len(str(auth["cookie_secret"])) < SHORTEST_COOKIE_SECRET:
        values = {"length": SHORTEST_COOKIE_SECRET}
        yield Problem("dashboard.cookie_secret", "sign-in", str(file), values=values)
    if importlib.util.find_spec("authlib") is None:
        yield Problem("dashboard.no_authlib", "sign-in")
