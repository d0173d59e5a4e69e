"""A browser in plain words, so that a guardian knows their own again. What it says of itself proves nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "CrOS": "Chromebook", "Windows": "Windows",
    "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip
"""The first part that a browser's own name for itself holds decides: most claim to be others too."""


def named(user_agent: str) -> tuple[str, str]:
    """Browser and system; blank where it does not say."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def words(browser: str, system: str) -> str:
    """For example: Chrome on Android."""
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser we don't know")


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for part, name in names.items() if part in user_agent), "")
