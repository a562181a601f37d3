"""hang.py PROCESS NAME: stops one thread of that process whose name begins so, as a loop that hangs, until TERM. Says
`hangs` when it does. The others go on: it is stopped while it waits inside the kernel, since a thread that stops
elsewhere holds up every other one at the JVM's next safepoint.
"""

import ctypes
import os
import signal
import sys

# sys/ptrace.h and linux/wait.h
SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
ATTEMPTS = 100

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4


def ptrace(request, thread):
    if libc.ptrace(request, thread, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def find(process, name):
    for thread in sorted(map(int, os.listdir(f"/proc/{process}/task"))):
        with open(f"/proc/{process}/task/{thread}/comm", encoding="utf-8") as comm:
            if comm.read().startswith(name):
                return thread
    sys.exit(f"process {process} has no thread {name}")


def is_in_the_kernel(process, thread):
    with open(f"/proc/{process}/task/{thread}/syscall", encoding="utf-8") as call:
        return not call.read().startswith(("-1", "running"))


def stop(process, thread):
    for _ in range(ATTEMPTS):
        ptrace(SEIZE, thread)
        ptrace(INTERRUPT, thread)
        os.waitpid(thread, WALL)
        if is_in_the_kernel(process, thread):
            return
        ptrace(DETACH, thread)
    sys.exit("it never waits inside the kernel")


def main():
    process, name = int(sys.argv[1]), sys.argv[2]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    thread = find(process, name)
    stop(process, thread)
    print("hangs", flush=True)
    signal.sigwait({signal.SIGTERM})
    ptrace(DETACH, thread)


main()
