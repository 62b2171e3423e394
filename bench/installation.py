"""The product under measurement: started in a folder and on ports of its own, without rate limits."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.database import embedded
from app.settings import ROOT, Settings
from bench.cost import Meter
from tests.product import Product

PLENTY = str(10**9)
UNLIMITED = {
    "BAODAN_BURST_PER_CONVERSATION": PLENTY,
    "BAODAN_MESSAGES_PER_MINUTE": PLENTY,
    "BAODAN_BURST_PER_ADDRESS": PLENTY,
    "BAODAN_MESSAGES_PER_MINUTE_ADDRESS": PLENTY,
}


@dataclass(frozen=True)
class Starts:
    """Seconds until everything works: with a new database, with all there, and of make's look before that."""

    new_database: float
    built: tuple[float, ...]
    make: float


@dataclass(frozen=True)
class Installation:
    """A running product; `database_url` reaches its tables, `meter` its processes."""

    url: str
    database_url: str
    meter: Meter
    starts: Starts


@contextmanager
def installed(folder: Path, starts: int) -> Iterator[Installation]:
    """Starts the product, stops and starts it again `starts` times, and stops it at the end."""
    if Settings().database_url:
        sys.exit("bench: DATABASE_URL is set, and this would write into that database. Unset it.")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="product-", ignore_cleanup_errors=True) as place:
        product = Product(Path(place), _free_port, **UNLIMITED)
        try:
            taken = Starts(
                new_database=_seconds_to_start(product),
                built=tuple(_seconds_to_start_again(product) for _ in range(starts)),
                make=_seconds_of_make(),
            )
            yield Installation(product.public_url, _database_url(product), _meter(product), taken)
        finally:
            product.stop()


def _seconds_to_start(product: Product) -> float:
    began = time.perf_counter()
    product.start()
    return round(time.perf_counter() - began, 1)


def _seconds_to_start_again(product: Product) -> float:
    """Once more if somebody changed the training data meanwhile, since then not all was built."""
    product.stop()
    seconds = _seconds_to_start(product)
    return _seconds_to_start_again(product) if "Training the model" in product.said() else seconds


def _seconds_of_make() -> float:
    """What `make run` looks at before it starts anything, when all of it is built."""
    _make("setup", "web")
    began = time.perf_counter()
    _make("setup", "web")
    return round(time.perf_counter() - began, 1)


def _make(*targets: str) -> None:
    subprocess.run(["make", "--silent", *targets], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _meter(product: Product) -> Meter:
    parts = {"rasa": "rasa", "server": "public", "postgres": "postgres"}
    return Meter({name: product.process(port) for name, port in parts.items()})


def _database_url(product: Product) -> str:
    return embedded(Settings(var_dir=product.var_dir, postgres_port=product.ports["postgres"])).url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
