"""A small OpenID provider of the tests' own that lies as it is told to: what no real one does, and the portal must survive."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.identity_providers.running import free_port

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Liar(ThreadingHTTPServer):
    """Honest until told otherwise: `claims`, `described` and `userinfo` replace what it says, None takes a word away."""

    daemon_threads = True

    def __init__(self) -> None:
        port = free_port()
        super().__init__(("127.0.0.1", port), _Page)
        self.address = f"http://127.0.0.1:{port}"
        self.claims: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"sub": "subject-olga"}
        self.instead: dict[str, tuple[int, bytes]] = {}
        self.slow: dict[str, float] = {}
        self.algorithm, self.key, self.headers = "RS256", KEY, {"kid": "one"}
        self.nonce = ""
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def description(self) -> dict[str, Any]:
        places = {
            "authorization_endpoint": "auth",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
            "userinfo_endpoint": "me",
        }
        own = {name: f"{self.address}/{place}" for name, place in places.items()}
        return _without_none(
            {"issuer": self.address, "code_challenge_methods_supported": ["S256"]} | own | self.described
        )

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}

    def id_token(self) -> str:
        now = int(time.time())
        honest = {"iss": self.address, "sub": "subject-olga", "aud": "openhouse", "iat": now, "exp": now + 300}
        honest |= {"nonce": self.nonce, "auth_time": now, "amr": ["otp"], "employee_id": "E-1"}
        key = self.key if self.algorithm != "none" else None
        return jwt.encode(_without_none(honest | self.claims), key, self.algorithm, headers=self.headers)


def _without_none(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


class _Page(BaseHTTPRequestHandler):
    server: Liar

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        self.server.asked.append(path)
        if path == "/auth":
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            self.server.nonce = asked["nonce"]
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}")
            self.end_headers()
            return
        pages = {
            "/.well-known/openid-configuration": self.server.description,
            "/jwks": self.server.keys,
            "/me": lambda: self.server.userinfo,
        }
        self._answer(path, lambda: pages[path]())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(
            "/token", lambda: {"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token()}
        )

    def _answer(self, path: str, say: Any) -> None:
        status, content = self.server.instead.get(path) or (200, json.dumps(say()).encode())
        time.sleep(self.server.slow.get(path, 0))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Nothing."""
