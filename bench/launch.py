"""Starts one command and tells what it took, as a program of its own that is as small as can be.

    python -I bench/launch.py REPORT COMMAND…

The kernel counts the memory of whoever starts a process to that process's peak: a large parent would hide a small child.
REPORT gets wall seconds, processor seconds, peak memory of the largest process in the kernel's own unit, and the peak of all
together in bytes (the sum of what is resident, looked at twenty times a second: pages that two share count twice; 0 where
there is no /proc); the exit status is the command's.
"""

import os
import sys
import threading
import time

EVERY = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int | str) -> int:
    """Bytes that a process and all below it hold in memory now."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            held = int(file.read().split()[1]) * PAGE
        children = []
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                children += file.read().split()
    except (OSError, IndexError):  # ended meanwhile, or not Linux
        return 0
    return held + sum(resident(child) for child in children)


def watch() -> None:
    """Keep the most that was ever held."""
    global most
    while True:
        most = max(most, resident(pid))
        time.sleep(EVERY)


most = 0
started = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
threading.Thread(target=watch, daemon=True).start()
_pid, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as report:
    report.write(f"{time.perf_counter() - started} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss} {most}")
sys.exit(os.waitstatus_to_exitcode(status))
