"""What the Linux kernel offers to hold a process, through ctypes: no privileges, Landlock, seccomp, namespaces.

Each function raises OSError where this system does not offer it. Nothing here decides anything: `warden` does.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 1, 4, 8, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
NEW_IPC, NEW_USER, NEW_PID, NEW_NET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
CAP_DAC_READ_SEARCH = 2

_EPERM, _ENOSYS = 1, 38
_CLONE_THREAD = 0x00010000
# Refused whatever the arguments. Names as in the kernel's tables; first x86-64, then arm64 (-1: not there).
_REFUSED = {
    **{"fork": (57, -1), "vfork": (58, -1), "execve": (59, 221), "execveat": (322, 281)},
    **{"socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201)},
    **{"accept": (43, 202), "accept4": (288, 242)},
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272)},
    **{"tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)},
    **{"pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438)},
    **{"mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97)},
    **{"setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430)},
    **{"fsmount": (432, 432), "mount_setattr": (442, 442), "open_by_handle_at": (304, 265)},
    **{"bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "fanotify_init": (300, 262)},
    **{"io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427)},
    **{"keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "personality": (135, 92)},
    **{"memfd_create": (319, 279), "memfd_secret": (447, 447)},  # memory that no limit of a process counts
    **{"shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180)},
    **{"init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106)},
    **{"kexec_load": (246, 104), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225)},
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_OWN_PROCESS_ONLY = {"kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261)}  # by their first argument
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH of seccomp

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, value: int = 0, more: int = 0) -> None:
    """`prctl(2)`: set a property of this process."""
    _checked(_libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(more), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def unshare(flags: int) -> None:
    """New namespaces for this process (NEW_PID: for its children), of the kinds in `flags`."""
    _checked(_libc.unshare(ctypes.c_int(flags)))


def keep_only_capabilities(mask: int) -> None:
    """Give up every capability but those in `mask`, bits as in `CAP_DAC_READ_SEARCH`."""
    header = struct.pack("Ii", 0x20080522, 0)  # version 3, this thread
    low, high = mask & 0xFFFFFFFF, mask >> 32
    _checked(_libc.capset(header, struct.pack("6I", low, low, 0, high, high, 0)))


def identity_map(uid: int, gid: int) -> None:
    """In a new user namespace: this user is itself, and nobody else exists."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


# --- Landlock: which files, which ports, which signals -----------------------------------------------------

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1, 2, 4, 8, 1 << 14
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15
_RIGHTS_OF = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}


def landlock_version() -> int:
    """The version of Landlock's interface, 1 or more; 0 where there is none."""
    return max(0, _libc.syscall(444, None, ctypes.c_size_t(0), 1))


def landlock(readable: Iterable[str], writable: Iterable[str], both: Iterable[str] = ()) -> None:
    """From now on only these files and folders can be opened; no TCP, no signal and no abstract socket leaves.

    `both` are single files that can be read and written, such as /dev/null. Folders count with all that is in them.
    """
    version = landlock_version()
    if version == 0:
        raise OSError(_ENOSYS, "no Landlock")
    rights = _RIGHTS_OF[min(version, 5)]
    attributes = struct.pack("QQQ", rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = _checked(_libc.syscall(444, attributes, ctypes.c_size_t(size), 0))
    try:
        read, write = _READ_FILE | _READ_DIR, rights & ~_EXECUTE & ~(1 << 6 | 1 << 10)  # no device files
        for path, allowed in [
            *((path, read) for path in readable),
            *((path, write) for path in writable),
            *((path, _READ_FILE | _WRITE_FILE) for path in both),
        ]:
            _allow(rules, path, allowed & rights)
        _checked(_libc.syscall(446, rules, 0))
    finally:
        os.close(rules)


def _allow(rules: int, path: str, allowed: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system: then there is nothing to allow
        return
    try:
        if not os.path.isdir(path):
            allowed &= _FILE_ONLY
        _checked(_libc.syscall(445, rules, 1, struct.pack("=Qi", allowed, handle), 0))
    finally:
        os.close(handle)


# --- seccomp: which calls of the kernel --------------------------------------------------------------------

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where they stand in `struct seccomp_data`


def refuse_calls() -> None:
    """From now on no new process, program, socket, or hand on another process; threads still work.

    Needs `PR_SET_NO_NEW_PRIVS`. Raises OSError where there is no seccomp, or the machine is neither x86-64 nor arm64.
    """
    if platform.machine() not in _MACHINES:
        raise OSError(_ENOSYS, f"no filter for {platform.machine()}")
    program = _filter(*_MACHINES[platform.machine()], os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: how many steps, and where they stand
    prog = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    holder = ctypes.create_string_buffer(prog, len(prog))
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(holder))


def _filter(column: int, architecture: int, own: int) -> bytes:
    def step(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", operation, if_true, if_false, value)

    allow, refuse = step(_RETURN, _ALLOW), step(_RETURN, _ERRNO | _EPERM)
    steps = [step(_LOAD, _ARCHITECTURE), step(_EQUAL, architecture, 1, 0), step(_RETURN, _KILL), step(_LOAD, _NUMBER)]
    if column == 0:  # the numbers of x32 begin here
        steps += [step(_AT_LEAST, 0x40000000, 0, 1), refuse]
    for numbers in _REFUSED.values():
        if numbers[column] >= 0:
            steps += [step(_EQUAL, numbers[column], 0, 1), refuse]
    # glibc falls back to clone, whose flags can be looked at; those of clone3 stand in memory.
    steps += [step(_EQUAL, _CLONE3[column], 0, 1), step(_RETURN, _ERRNO | _ENOSYS)]
    steps += [step(_EQUAL, _CLONE[column], 0, 4), step(_LOAD, _FIRST_ARGUMENT), step(_ANY_BIT, _CLONE_THREAD, 0, 1)]
    steps += [allow, refuse]
    for name, numbers in _OWN_PROCESS_ONLY.items():
        steps += [step(_EQUAL, numbers[column], 0, 5), step(_LOAD, _FIRST_ARGUMENT), step(_EQUAL, own, 1, 0)]
        # prlimit64 calls the own process 0; for kill 0 is the whole group
        steps += [step(_EQUAL, 0, 0, 1) if name == "prlimit64" else refuse, allow, refuse]
    return b"".join([*steps, allow])
