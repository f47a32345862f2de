"""The machine and the versions that a run was made with."""

import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.contestants import node
from benchmarks.databases import Servers

PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "tortoise-orm", "asyncpg", "redis", "ariadne")
NPM_PACKAGES = ("graphql", "graphql-yoga", "mercurius", "graphql-jit", "fastify", "graphql-ws", "ws", "pg")


def machine(servers: Servers, npm_packages: Path) -> dict[str, Any]:
    """Processor, memory, system and the versions of what takes part."""
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "versions": {
            "Python": platform.python_version(),
            "Node": subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip(),
            **servers.versions(),
            **{name: version(name) for name in PACKAGES},
            **{f"npm {name}": _npm_version(npm_packages / name) for name in NPM_PACKAGES},
        },
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _npm_version(package: Path) -> str:
    return json.loads((package / "package.json").read_text())["version"]
