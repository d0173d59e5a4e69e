"""Why a lookup came to nothing, in words for the counter. Whatever it was, nothing was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from openhouse.policy.values import Policy
from openhouse.sync import catalogue, lookups
from openhouse.sync.refusals import SourceRefused, SyncRefused


@dataclass(frozen=True)
class Trouble:
    """What the page says, and whether asking again makes sense."""

    title: str
    text: str
    again: bool = True


def refused(refused: SyncRefused, policy: Policy, *, late: bool) -> Trouble:
    """The SIS was asked. `late`: the time for it was over."""
    sis = {"sis": policy.sis_name, "seconds": f"{lookups.SECONDS:.0f}"}
    if not isinstance(refused, SourceRefused):
        return Trouble(_("Nothing was changed"), str(refused))
    if late or getattr(refused, "status", None) == 0:  # AnswerRefused, whose module loads only where a SIS is asked
        in_time = _("%(sis)s gave no answer within %(seconds)s seconds. Nothing was changed. Try again in a while.")
        at_all = _("%(sis)s gave no answer. Nothing was changed. Try again in a while.")
        text = in_time if late else at_all
        return Trouble(_("%(sis)s did not answer") % sis, text % sis)
    return Trouble(_("%(sis)s could not be asked") % sis, _("Nothing was changed.") + f" {refused}")


def nothing_to_ask(policy: Policy, at: datetime) -> Trouble:
    """No SIS can be asked: none is named, or nothing newer lies in the drop folder. Raises SourceRefused."""
    sis = {"sis": policy.sis_name}
    title = _("%(sis)s could not be asked") % sis
    if settings.SIS_LOOKUP.kind in catalogue.INDEXED:
        from openhouse.sync import indexes

        return Trouble(title, indexes.missing(at=at))
    text = _(
        "This portal can ask %(sis)s about nobody between two syncs. What %(sis)s says now comes with the next one."
    )
    return Trouble(title, text % sis, again=False)
