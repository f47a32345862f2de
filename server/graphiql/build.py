"""`python -m server.graphiql.build`: build the GraphiQL page into dist/, or do nothing when dist/ is up to date."""

import sys
import time
from pathlib import Path

from server.graphiql.lock import locked
from server.graphiql.node import NodeMissing
from server.graphiql.project import STAMP, NpmProject, StepFailed, is_stamped

FOLDER = Path(__file__).resolve().parent
SOURCES = ["package.json", "package-lock.json", ".npmrc", "vite.config.js", "index.html", "src"]
VITE_SECONDS = 600


def build() -> bool:
    """Make dist/ what the sources say; tells whether there was anything to do.

    Raises NodeMissing, StepFailed or TimeoutError. Vite empties dist/ first and the stamp is written last, so that a
    build cut short is done again.
    """
    project = NpmProject(FOLDER)
    stamp = FOLDER / "dist" / STAMP
    with locked(FOLDER):
        wanted = project.fingerprint(SOURCES)
        if is_stamped(stamp, wanted):
            return False
        node = project.node()
        project.install(node)
        project.run(node, str(node.node), "node_modules/vite/bin/vite.js", "build", seconds=VITE_SECONDS)
        stamp.write_text(wanted)
    return True


def main() -> int:
    """Build and say so in a line; 1 with the reason on standard error when it cannot be done."""
    started = time.monotonic()
    try:
        built = build()
    except (NodeMissing, StepFailed, TimeoutError) as error:
        print(f"GraphiQL was not built: {error}", file=sys.stderr)
        return 1
    print(f"GraphiQL built in {time.monotonic() - started:.1f} s" if built else "GraphiQL is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
