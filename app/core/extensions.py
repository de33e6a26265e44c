"""The extensions of Flask, made once and given their app by the factory."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_socketio import SocketIO
from flask_wtf import CSRFProtect

NETWORK_BITS = 64
"""Bits of an address of the sixth protocol that tell networks apart (RFC 6177): one house, one."""


def network_at_request() -> str:
    """Return who asks, as far as limits count him: his address, or the network he has whole."""
    return network_of(get_remote_address())


def network_of(address: str) -> str:
    """Return an address as limits count it: one of sixteen bytes by its network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    whole = ip_network((int(found), NETWORK_BITS), strict=False)
    return str(whole)


socketio = SocketIO()
migrate = Migrate()
csrf = CSRFProtect()
limiter = Limiter(key_func=network_at_request)
login_manager = LoginManager()
babel = Babel()
