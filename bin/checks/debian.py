"""Programs that pip cannot bring, from Debian's packages: installed where this user may, asked for where not."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess


class Missing(Exception):
    """Something a check needs is not here; the text says what, and what to do about it."""


def program(name: str, package: str) -> str:
    """The path of a program, installed from its Debian package where it is missing; raises `Missing`."""
    if not shutil.which(name):
        install(package)
    path = shutil.which(name)
    if not path:
        raise Missing(f"{name} is not on PATH, though Debian's package {package} is installed")
    return path


def library(name: str, package: str) -> None:
    """See that a shared library can be loaded, from its Debian package where it is missing; raises `Missing`."""
    try:
        ctypes.CDLL(name)
    except OSError:
        install(package)


def install(package: str) -> None:
    """Install a Debian package, or raise `Missing` with the command that an administrator can run."""
    if not shutil.which("apt-get"):
        raise Missing(f"{package} is not installed; please install it with this system's package manager")
    as_root = administrator()
    if as_root is None:
        raise Missing(f"{package} is not installed. Please run: sudo apt-get install {package}")
    print(f"Installing Debian's package {package} ...", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(
            [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *command],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    if done.returncode:
        raise Missing(f"Debian's package {package} could not be installed: {done.stderr.strip()[-300:]}")


@functools.cache
def administrator() -> list[str] | None:
    """What to put before a command so that it runs as root and asks for no password; None where that cannot be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None
