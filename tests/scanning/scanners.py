"""The scanners: how each is started, and what it reported."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.scanning.forms import Form
from tests.scanning.visitor import Visitor

MODULES = "cookieflags,crlf,csp,exec,file,http_headers,methods,permanentxss,redirect,sql,upload,xss"
"""Those of wapiti's that try an application of any kind. Left out: those that guess names and passwords from lists, that know one
other product, that wait for a call to a server of wapiti's on the net, and the one for tokens: the portal that is scanned asks for
none."""
NOTHING = "all tested parameters do not appear to be injectable"
"""What sqlmap says, as critical, where it found nothing."""


@dataclass(frozen=True)
class Finding:
    """What a scanner says it found, and where."""

    scanner: str
    what: str
    where: str


class Missing(Exception):
    """A scanner is not installed. The text says how to get it."""


def program(name: str) -> str:
    """Where a scanner is."""
    found = shutil.which(name)
    if not found:
        raise Missing(
            f"{name} is not installed: apt-get install {name}, or pipx install {'wapiti3' if name == 'wapiti' else name}"
        )
    return found


def version(name: str) -> str:
    """Which version of a scanner this is."""
    said = subprocess.run([program(name), "--version"], capture_output=True, text=True, check=False).stdout
    return re.findall(r"\d+\.\d+(?:\.\d+)*", said)[-1]


def wapiti(visitor: Visitor, pages: Iterable[str], folder: Path, seconds: int) -> list[Finding]:
    """Let wapiti open these pages and attack every form and parameter on them."""
    folder.mkdir(parents=True, exist_ok=True)
    report, jar = folder / "wapiti.json", folder / "cookies.json"
    told = {"version": 0, "expires": None, "secure": False, "port": None}
    cookies = {each.name: told | {"value": each.value} for each in visitor.jar}
    jar.write_text(json.dumps({urlsplit(visitor.url).hostname: {"/": cookies}}))
    command = [program("wapiti"), "-u", visitor.url + "/", "--scope", "domain", "-d", "1", "--flush-session"]
    command += ["-c", str(jar), "-m", MODULES, "-A", "wapiti/3", "--no-bugreport"]
    command += ["--max-scan-time", str(seconds), "--max-attack-time", str(seconds), "--max-files-per-dir", "20"]
    command += ["--skip", "csrfmiddlewaretoken", "-f", "json", "-o", str(report), "--store-session", str(folder)]
    command += [part for page in pages for part in ("-s", page)]
    command += [part for each in visitor.left_out for part in ("-x", f"{visitor.url}*{each}*")]
    with (folder / "wapiti.log").open("w") as log:
        subprocess.run(command, stdout=log, stderr=log, check=False)
    return list(_of_wapiti(json.loads(report.read_text())))


def _of_wapiti(report: dict[str, dict[str, list[dict[str, str]]]]) -> Iterator[Finding]:
    for part in ("vulnerabilities", "anomalies"):
        for what, found in report[part].items():
            for each in found:
                yield Finding(
                    "wapiti", f"{what}: {each['info']}", f"{each['method']} {each['path']} {each['parameter'] or ''}"
                )


def request(form: Form, cookies: str) -> str:
    """The form as a request of a browser."""
    parts, body = urlsplit(form.address), urlencode(form.fields)
    path = parts.path if form.method == "POST" else f"{parts.path}?{body}"
    lines = [f"{form.method} {path} HTTP/1.1", f"Host: {parts.netloc}", f"Cookie: {cookies}"]
    if form.method == "POST":
        lines.append("Content-Type: application/x-www-form-urlencoded")
    return "\r\n".join([*lines, "", body if form.method == "POST" else ""])


def sqlmap(visitor: Visitor, form: Form, folder: Path, level: int, seconds: int) -> list[Finding]:
    """Let sqlmap try every parameter of a form."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "request"
    file.write_text(request(form, visitor.cookies))
    command = [
        program("sqlmap"),
        "-r",
        str(file),
        "-p",
        ",".join(form.fields),
        "--level",
        str(level),
        "--risk",
        "1",
    ]
    command += [
        "--dbms",
        "PostgreSQL" if "DATABASE_URL" in os.environ else "SQLite",
        "--batch",
        "--flush-session",
        "--output-dir",
        str(folder),
        "--drop-set-cookie",
        "-A",
        "sqlmap/1",
    ]
    command += ["--ignore-code", "*", "--disable-coloring", "--time-sec", "3", "--skip-waf", "--answers", "redirect=N"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
        said = done.stdout
    except subprocess.TimeoutExpired as broken:
        said = f"{(broken.stdout or b'').decode()}\nstopped after {seconds} s"
    (folder / "sqlmap.log").write_text(said)
    return list(_of_sqlmap(said, f"{form.method} {form.address}"))


def _of_sqlmap(said: str, where: str) -> Iterator[Finding]:
    if NOTHING in said:  # what it took for an injection on the way it has tried again, and withdrawn
        return
    yield Finding("sqlmap", "it did not end as it does where there is nothing", where)
    for line in said.splitlines():
        if re.search(r"^Parameter: |vulnerable to|CRITICAL", line):
            yield Finding("sqlmap", line, where)
