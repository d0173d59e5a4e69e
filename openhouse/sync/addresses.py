"""Addresses on the net: which may be asked, which are one host, and what of them may be said."""

from __future__ import annotations

import ipaddress
import re

import httpx

from openhouse.sync.refusals import SourceRefused


def chosen(text: str, whose: str) -> httpx.URL:
    """An address from the settings. Only this machine may be asked without encryption. Raises SourceRefused."""
    try:
        url = httpx.URL(text)
        encrypted = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))
        good = bool(url.host) and not url.userinfo and encrypted
    except (httpx.InvalidURL, ValueError):
        good = False
    if not good:
        raise SourceRefused(
            f"The address of {whose} must begin with https:// and name a host, such as https://sis.example/api."
        )
    return url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def under(root: str, path_or_url: str) -> httpx.URL:
    """A path under the root, or a whole address on the root's own host, scheme and port: a token must go nowhere else."""
    whole = path_or_url if re.match("[a-z][a-z0-9+.-]*:", path_or_url, re.I) else f"{root}/{path_or_url.lstrip('/')}"
    try:
        url = httpx.URL(whole)
        same = _origin(url) == _origin(httpx.URL(root)) and not url.userinfo
    except (httpx.InvalidURL, ValueError):
        same = False
    if not same:
        raise SourceRefused(
            "The SIS gave an address that is not on its own host, scheme and port. It was not asked. Tell whoever runs the SIS."
        )
    return url


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def plain(path: str) -> str:
    """A path as an error may name it."""
    return re.sub(r"[^\w./-]", "_", path, flags=re.ASCII)[:200]
