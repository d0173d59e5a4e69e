"""Finding a school by a part of its name or its code, without scripts. School names are nobody's secret: the address holds them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from openhouse.district.models import School
from openhouse.pages import paging


def search(request: HttpRequest, reach: QuerySet[School]) -> dict[str, Any]:
    """What `components/school_search.html` needs: the schools by name. `?school=` is a part of a name, or a school code."""
    typed = request.GET.get("school", "").strip()[:255]
    fits = Q(name__icontains=typed) | Q(code__iexact=typed) if typed else Q()
    shown = paging.of(request, reach.filter(fits).order_by("name", "code", "pk"))
    return {"page": shown, "typed": typed, "searchable": typed or shown.has_other_pages()}
