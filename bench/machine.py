"""What the figures were measured on, and how busy it was before."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Machine:
    """`load` is the mean number of waiting processes in the last 1, 5 and 15 minutes; `busy` a share of 1."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    load: tuple[float, float, float]
    busy: float


def look() -> Machine:
    """Takes a second, for `busy`."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=psutil.getloadavg(),
        busy=round(psutil.cpu_percent(interval=1.0) / 100, 2),
    )


def _processor() -> str:
    """The model's name; Linux tells it only in /proc."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
