"""A page that Vite builds into dist/: built when its sources changed, and not otherwise."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.npm.lock import locked
from server.npm.node import NodeMissing
from server.npm.project import STAMP, NpmProject, StepFailed, is_stamped

BUILD_SECONDS = 600


@dataclass(frozen=True)
class Site:
    """An npm project whose script `build` makes dist/ of `sources`: files and folders, named from its own folder."""

    name: str
    folder: Path
    sources: Sequence[str]

    @property
    def dist(self) -> Path:
        """Where what was built lies."""
        return self.folder / "dist"

    def build(self) -> bool:
        """Make dist/ what the sources say; tells whether there was anything to do.

        Raises NodeMissing, StepFailed or TimeoutError. Vite empties dist/ first and the stamp is written last, so that
        a build cut short is done again.
        """
        project = NpmProject(self.folder)
        stamp = self.dist / STAMP
        with locked(self.folder):
            wanted = project.fingerprint(self.sources)
            if is_stamped(stamp, wanted):
                return False
            node = project.node()
            project.install(node)
            project.run(node, *node.npm, "run", "build", seconds=BUILD_SECONDS)
            stamp.write_text(wanted)
        return True

    def main(self) -> int:
        """Build and say so in a line; 1 with the reason on standard error when it cannot be done."""
        started = time.monotonic()
        try:
            built = self.build()
        except (NodeMissing, StepFailed, TimeoutError) as error:
            print(f"{self.name} was not built: {error}", file=sys.stderr)
            return 1
        print(f"{self.name} built in {time.monotonic() - started:.1f} s" if built else f"{self.name} is up to date")
        return 0
