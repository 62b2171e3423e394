"""Asks whether a port is free before a child process fails on it less clearly."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from app.errors import PortTaken
from app.settings import Settings


def required(settings: Settings) -> dict[str, tuple[str, int]]:
    """The setting of every port this installation listens on, with its address."""
    ports = {
        "BAODAN_PUBLIC_PORT": (settings.host, settings.public_port),
        "BAODAN_STAFF_PORT": (settings.host, settings.staff_port),
        "BAODAN_PRIVATE_PORT": ("127.0.0.1", settings.private_port),
    }
    for number, port in enumerate(settings.rasa_ports):
        ports[f"BAODAN_RASA_PORT+{number}" if number else "BAODAN_RASA_PORT"] = ("127.0.0.1", port)
    if settings.database_url is None:
        ports["BAODAN_POSTGRES_PORT"] = ("127.0.0.1", settings.postgres_port)
    return ports


def require_free(ports: Mapping[str, tuple[str, int]]) -> None:
    """Raises PortTaken for the first port that cannot be listened on, or that two settings share."""
    seen: dict[int, str] = {}
    for setting, (host, port) in ports.items():
        if port in seen:
            raise PortTaken(f"{setting} and {seen[port]} are both {port}. Give them different ports.")
        seen[port] = setting
        _require_free(setting, host, port)


def _require_free(setting: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(
                    f"Port {port} is taken by another program. Stop it, or set {setting} to a free port."
                ) from None
            raise PortTaken(f"Cannot listen on {host}:{port} ({error.strerror}). Change {setting}.") from None
