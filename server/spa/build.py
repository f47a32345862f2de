"""`python -m server.spa.build`: build the app of examples/spa into its dist/, or do nothing when that is up to date."""

import sys
from pathlib import Path

from server.npm.site import Site

SITE = Site(
    "The app",
    Path(__file__).resolve().parents[2] / "examples" / "spa",
    [
        "package.json",
        "package-lock.json",
        ".npmrc",
        "vite.config.ts",
        "codegen.ts",
        "tsconfig.json",
        "index.html",
        "public",
        "src",
        "../../schema/schema.graphql",
    ],
)

if __name__ == "__main__":
    sys.exit(SITE.main())
