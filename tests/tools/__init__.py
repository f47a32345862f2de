"""What app developers put a GraphQL API through, from npm: installed into this folder once a checkout."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from server.npm.lock import locked
from server.npm.node import Node
from server.npm.project import NpmProject

FOLDER = Path(__file__).resolve().parent

MAY_INSTALL = pytest.mark.timeout(600)
"""For modules whose first test may find that the packages are still to be fetched, over a slow line perhaps."""


@dataclass(frozen=True)
class Tools:
    """The packages of an npm project, ready to be used. Made by `install`."""

    project: NpmProject
    node: Node

    def run(self, script: str, *arguments: str, seconds: float = 100, **told: str) -> str:
        """Run a script, or a package's command under node_modules/.bin, with `told` as environment variables.

        Gives its output. Raises StepFailed, which carries the end of the output, when it exits with anything but 0.
        """
        return self.project.run(self.node, str(self.node.node), script, *arguments, seconds=seconds, **told)


def install(folder: Path = FOLDER) -> Tools:
    """Install a project's packages, unless that is done. Raises NodeMissing, StepFailed or TimeoutError."""
    project = NpmProject(folder)
    node = project.node()
    with locked(folder):
        project.install(node)
    return Tools(project, node)
