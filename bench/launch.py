"""Starts one command and tells what it took, as a program of its own that is as small as can be.

    python -I bench/launch.py REPORT COMMAND…

The kernel counts the memory of whoever starts a process to that process's peak: a large parent would hide a small child.
REPORT gets wall seconds, processor seconds and peak memory in the kernel's own unit; the exit status is the command's.
"""

import os
import sys
import time

started = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_pid, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as report:
    report.write(f"{time.perf_counter() - started} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(os.waitstatus_to_exitcode(status))
