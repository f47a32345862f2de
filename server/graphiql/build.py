"""`python -m server.graphiql.build`: build the GraphiQL page into dist/, or do nothing when dist/ is up to date."""

import sys
from pathlib import Path

from server.npm.site import Site

SITE = Site(
    "GraphiQL",
    Path(__file__).resolve().parent,
    ["package.json", "package-lock.json", ".npmrc", "vite.config.js", "index.html", "src"],
)

if __name__ == "__main__":
    sys.exit(SITE.main())
