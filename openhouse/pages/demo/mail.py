"""The mails that the demo sent: files in a folder, the newest first."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openhouse.pages import doors

SHOWN = 50


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """To whom, when, about what, and the text."""
    folder = Path(settings.MAIL_DIR)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[:SHOWN]
    return render(request, "demo/mail.html", {"mails": [_read(path) for path in files], "folder": folder})


def _read(path: Path) -> dict[str, Any]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return {"to": message["To"], "at": message["Date"], "subject": message["Subject"], "text": text.rstrip("-\n ")}
