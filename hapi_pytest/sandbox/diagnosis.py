"""Why a rung does not hold on this host, and the line that mends it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

APPARMOR = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
MAC = "macOS has neither: run in a Linux container or virtual machine, for instance `docker run` or `colima start`"
WINDOWS = "Windows has neither: run in WSL 2 (`wsl --install`)"
DOCKER = (
    "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    " --security-opt systempaths=unconfined ..."
)


def told(reasons: Mapping[str, str]) -> str:
    """Return the text of the error: each rung with its reason, each line that mends one, and the way without."""
    lines = ["no sandbox holds here, and agent-written code runs only in one"]
    for rung, reason in reasons.items():
        first, *more = reason.splitlines() or [""]
        lines += [f"  {rung + ':':<10}{first}", *(f"            {line}" for line in more[:4])]
    lines += [f"  fix:      {fix}" for fix in fixes(reasons)]
    if sys.platform != "win32":
        lines.append("  or:       --sandbox none   runs it without isolation: only for agents and projects you trust")
    return "\n".join(lines)


def fixes(reasons: Mapping[str, str]) -> list[str]:
    """Return what to do about each reason, one line each; any of them is enough."""
    if sys.platform == "darwin":
        return [MAC]
    if sys.platform == "win32":
        return [WINDOWS]
    found: list[str] = []
    if "bwrap" in reasons:
        found += _for_bwrap(reasons["bwrap"])
    if "landlock" in reasons:
        found += _for_landlock(reasons["landlock"])
    return found


def _for_bwrap(reason: str) -> list[str]:
    if "not installed" in reason:
        return [
            "sudo apt-get install bubblewrap   (dnf, pacman, apk: the package has the same name)",
            *_userns(),
        ]
    if not reason.startswith("bwrap:"):
        return []
    return _userns() or [f"{DOCKER}   (when this is a container)"]


def _userns() -> list[str]:
    """Return lines for what keeps an ordinary user, or a container, from having namespaces."""
    lines: list[str] = []
    if _kernel("kernel/apparmor_restrict_unprivileged_userns") == "1" and os.geteuid() != 0:
        lines.append(f"{APPARMOR}   (Ubuntu 23.10 and later; AppArmor keeps user namespaces from bwrap)")
    if _kernel("kernel/unprivileged_userns_clone") == "0":
        lines.append("sudo sysctl -w kernel.unprivileged_userns_clone=1   (user namespaces are off)")
    if _kernel("user/max_user_namespaces") == "0":
        lines.append("sudo sysctl -w user.max_user_namespaces=15000   (user namespaces are off)")
    if is_container():
        lines.append(f"{DOCKER}   (Docker's own profile refuses namespaces to bwrap)")
    return lines


def _for_landlock(reason: str) -> list[str]:
    if "not implemented" in reason:
        return ["Landlock needs a Linux kernel from 5.13 on, built with CONFIG_SECURITY_LANDLOCK"]
    if "not supported" in reason:
        return ["add `landlock` to the `lsm=` list of the kernel's boot line (cat /sys/kernel/security/lsm shows it)"]
    if "not permitted" in reason:
        return ["a seccomp profile refuses Landlock: use a container engine from 2022 on, or seccomp=unconfined"]
    return []


def is_container() -> bool:
    """Tell whether this looks like the inside of a container."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))


def _kernel(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""
