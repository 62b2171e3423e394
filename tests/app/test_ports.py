"""A taken port is named before anything is started."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from app import ports
from app.errors import PortTaken
from app.settings import Settings


def test_the_embedded_database_needs_a_port_an_outside_one_does_not() -> None:
    outside = Settings(database_url="postgresql://u:p@db/baodan")  # type: ignore[arg-type]
    assert "BAODAN_POSTGRES_PORT" in ports.required(Settings(database_url=None))
    assert "BAODAN_POSTGRES_PORT" not in ports.required(outside)


def test_every_rasa_needs_one() -> None:
    needed = ports.required(Settings(rasa_port=6000, rasa_count=2))
    assert {port for _, port in needed.values()} >= {6000, 6001}


def test_taken(free_port: Callable[[], int]) -> None:
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(PortTaken, match=f"{port} is taken .* BAODAN_STAFF_PORT"),
    ):
        ports.require_free({"BAODAN_STAFF_PORT": ("127.0.0.1", port)})
    ports.require_free({"BAODAN_STAFF_PORT": ("127.0.0.1", port)})


def test_one_port_twice(free_port: Callable[[], int]) -> None:
    port = free_port()
    with pytest.raises(PortTaken, match=f"B and A are both {port}"):
        ports.require_free({"A": ("127.0.0.1", port), "B": ("127.0.0.1", port)})


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1.*Change BAODAN_PUBLIC_PORT"):
        ports.require_free({"BAODAN_PUBLIC_PORT": ("192.0.2.1", 8080)})
