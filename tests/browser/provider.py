"""An identity provider on this machine, for two people: OpenID Connect, authorization code flow, PKCE.

It asks who you are and believes it; everything after that is as the standard says (discovery, signed tokens,
nonce), so that what signs in here signs in elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "groundplan", "a secret of the test"
PEOPLE = {"Ada": "ada@example.org", "Bob": "bob@example.org"}
LIFE_S = 300


class Provider:
    """The provider's pages; `issuer` is its address."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        self.asked: dict[str, dict[str, str]] = {}  # by code: what the client said, and who signed in

    @property
    def app(self) -> Starlette:
        pages = {
            "/.well-known/openid-configuration": self.metadata,
            "/keys": self.keys,
            "/authorize": self.authorize,
            "/as/{name}": self.signed_in,
        }
        return Starlette(
            routes=[
                *(Route(path, page) for path, page in pages.items()),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        links = "".join(f'<p><a href="/as/{name}?{request.url.query}">{name}</a></p>' for name in PEOPLE)
        return HTMLResponse(f"<h1>Who are you?</h1>{links}")

    async def signed_in(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = secrets.token_urlsafe()
        self.asked[code] = {**asked, "name": request.path_params["name"]}
        return RedirectResponse(
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        )

    async def token(self, request: Request) -> Response:
        form = await request.form()
        asked = self.asked.pop(str(form["code"]), None)
        if asked is None or not _is_client(request, form) or not _knows_verifier(asked, form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": asked["name"].lower(), "name": asked["name"],
            "email": PEOPLE[asked["name"]], "iat": now, "exp": now + LIFE_S, "nonce": asked.get("nonce"),
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(),
                "token_type": "Bearer",
                "expires_in": LIFE_S,
                "id_token": signed,
            }
        )


def _is_client(request: Request, form: Any) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return base64.b64decode(given).decode().partition(":")[0] == CLIENT
    return form.get("client_id") == CLIENT and form.get("client_secret") == SECRET


def _knows_verifier(asked: dict[str, str], form: Any) -> bool:
    if "code_challenge" not in asked:
        return True
    digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


@contextmanager
def provider(port: int) -> Iterator[str]:
    """A provider on a port of this machine; gives its address."""
    issuer = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(Provider(issuer).app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join()
