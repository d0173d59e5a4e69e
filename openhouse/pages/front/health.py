"""Whether the portal answers, for whoever watches it."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from openhouse.pages import doors


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """`ok` where the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
