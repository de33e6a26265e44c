"""Which names and addresses this machine has, and whether one can be listened on."""

import errno
import ipaddress
import socket
from pathlib import Path

LOCAL_ROUTES = Path("/proc/net/fib_trie")
IPV6_ADDRESSES = Path("/proc/net/if_inet6")


def is_loopback(host: str) -> bool:
    """Say whether a host reaches this machine only from itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_every_address(host: str) -> bool:
    """Say whether a host means "all addresses of this machine"."""
    return host in ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on


def machine_addresses() -> list[str]:
    """List this machine's own addresses, without loopback and link-local ones."""
    found = _ipv4() | _ipv6()
    usable = (ipaddress.ip_address(text) for text in found)
    shown = [one for one in usable if not (one.is_loopback or one.is_link_local)]
    return [str(one) for one in sorted(shown, key=lambda one: (one.version, int(one)))]


def machine_names() -> list[str]:
    """List the names this machine calls itself."""
    own = socket.gethostname()
    return sorted({name for name in (own, socket.getfqdn(own)) if name and name != "localhost"})


def can_listen(host: str, port: int) -> str:
    """Try to listen there for a moment; give "" when it works, else the reason for a person."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            return _why(refused, host=host, port=port)
    return ""


def _why(refused: OSError, *, host: str, port: int) -> str:
    reasons = {
        errno.EADDRINUSE: f"端口 {port} 已被占用，请换一个 · port {port} of {host} is taken;"
        f" choose another one: make run PORT={port + 1}",
        errno.EACCES: f"无权使用端口 {port} · port {port} needs more rights; take one above 1023",
        errno.EADDRNOTAVAIL: f"本机没有地址 {host} · this machine has no address {host}",
    }
    return reasons.get(refused.errno or 0, f"{host}:{port}: {refused.strerror}")


def _ipv4() -> set[str]:
    """Read the kernel's table of local routes: an address stands a line above "host LOCAL"."""
    if not LOCAL_ROUTES.exists():
        return set()
    found, last = set(), ""
    for line in LOCAL_ROUTES.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words[:1] == ["|--"]:
            last = words[1]
        elif words[:3] == ["/32", "host", "LOCAL"]:
            found.add(last)
    return found


def _ipv6() -> set[str]:
    if not IPV6_ADDRESSES.exists():
        return set()
    lines = IPV6_ADDRESSES.read_text(encoding="ascii").splitlines()
    return {str(ipaddress.IPv6Address(int(line.split()[0], 16))) for line in lines if line}
