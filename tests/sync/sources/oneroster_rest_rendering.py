"""The contract's district as OneRoster 1.2 over REST, with guardianships in `metadata` and without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openhouse.policy.values import Policy
from openhouse.sync.memory import Memory
from openhouse.sync.sources import Notices, Source
from openhouse.sync.sources.oneroster_rest import Asked, Bounds
from openhouse.sync.wire import Limits
from tests.sync.contract import PASSWORD, WRITTEN, District, Rendering
from tests.sync.export import Export
from tests.sync.sources.oneroster_csv import PAIRS_LACK, tables
from tests.sync.sources.oneroster_rest import Provider, open_at, spoiled
from tests.sync.sources.server import Asked as Request
from tests.sync.sources.server import Reply, serving

LIMITS = Limits(seconds=20)


def exported(district: District, *, pairs: bool) -> Export:
    """The district's rows, which a provider makes records of."""
    export = Export()
    export.rows = tables(district)
    for row in export.rows["users.csv"]:
        row |= {"metadata.pass": PASSWORD, "grades": row.pop("grades", "")}
    if not pairs:
        del export.rows["guardianships.csv"]
    return export


def rendering(name: str, *, pairs: bool, lacks: Mapping[str, Any]) -> Rendering:
    """One variant of the form."""
    asked = Asked(guardianships=pairs, bounds=Bounds(page=2000))

    @contextmanager
    def rendered(district: District, folder: Path) -> Iterator[Source]:
        with serving(Provider(exported(district, pairs=pairs), most=2000).answer) as server:
            yield open_at(server, at=WRITTEN, limits=LIMITS, asked=asked)

    def ruined(folder: Path) -> object:
        def bend(request: Request, answer: Reply) -> Reply:
            return spoiled(answer, lambda content: content["users"]) if request.path.endswith("/users") else answer

        with serving(Provider(exported(District(), pairs=pairs), bend=bend).answer) as server:
            source = open_at(server, at=WRITTEN, limits=LIMITS, asked=asked)
            return list(source.batches(Policy(), Notices(), Memory()))

    page, heading = "docs/sources/oneroster-rest.md", "OneRoster 1.2 over REST"
    return Rendering(name, "oneroster_rest", page, heading, rendered, ruined, lacks)


RENDERINGS = (
    rendering("OneRoster 1.2 REST", pairs=True, lacks={}),
    rendering("OneRoster 1.2 REST, plain", pairs=False, lacks=PAIRS_LACK),
)
