"""What an Ed-Fi root says of itself: its Data Standard, and where its tokens, data and change queries are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from openhouse.sync import addresses
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.wire import Limits, Wire

OLDEST, NEWEST = 3, 6
"""The major Data Standards that this was written for."""
CONTACTS_SINCE = 5
"""From this Data Standard on, parents are called contacts."""


class Api(NamedTuple):
    """One Ed-Fi API. Addresses have no slash at their end; `changes` is "" where there are no change queries."""

    root: str
    version: int
    tokens: str
    data: str
    changes: str

    @property
    def adult(self) -> str:
        """What this Data Standard calls a guardian."""
        return "contact" if self.version >= CONTACTS_SINCE else "parent"

    def path(self, name: str) -> str:
        """The address of a resource, which is named as Data Standard 5 has it."""
        if self.adult == "parent":
            name = name.replace("contacts", "parents").replace("Contact", "Parent")
        return f"{self.data}/ed-fi/{name}"


def discover(root: str, limits: Limits | None = None, proxy: str | None = None) -> Api:
    """Ask the root, as anybody may. Raises SourceRefused, also for an address on another host."""
    with Wire(root, None, limits, proxy=proxy) as wire:
        found = wire.get(wire.root).json
    root = root.rstrip("/")
    urls = found.get("urls") if isinstance(found, dict) else None
    if not isinstance(urls, dict):
        raise SourceRefused(
            "The address holds no Ed-Fi API: its root does not say where its data is. Set the address that shows urls and "
            "dataModels in a browser, without /data/v3."
        )
    return Api(
        root,
        _version(found),
        _address(root, urls, "oauth"),
        _address(root, urls, "dataManagementApi"),
        _address(root, urls, "changeQueries") if urls.get("changeQueries") else "",
    )


def _version(found: Mapping[str, Any]) -> int:
    models = found.get("dataModels")
    for model in models if isinstance(models, list) else []:
        if isinstance(model, dict) and str(model.get("name")).lower() == "ed-fi":
            matched = re.match(r"(\d{1,3})(\.|$)", str(model.get("version")), re.ASCII)
            if matched and int(matched[1]) >= OLDEST:
                return int(matched[1])
            break
    raise SourceRefused(f"The Ed-Fi API does not name a Data Standard that is {OLDEST} or newer in its dataModels.")


def _address(root: str, urls: Mapping[str, Any], name: str) -> str:
    said = urls.get(name)
    if not isinstance(said, str) or not said:
        raise SourceRefused(f"The Ed-Fi API does not say the address of its {name}. Tell whoever runs the SIS.")
    if "{" in said or "%7B" in said:
        raise SourceRefused(
            f"The Ed-Fi API's address of its {name} leaves a tenant or school year open. Set the address with both in it."
        )
    if not re.match("https?://", said):
        raise SourceRefused(f"The Ed-Fi API's address of its {name} is not a whole one. Tell whoever runs the SIS.")
    return str(addresses.under(root, said)).rstrip("/")
