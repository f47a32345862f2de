"""`make screenshots`: the pictures in docs/screenshots/ anew, out of those that stories in browsers leave behind."""

import shutil
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
ARTEFACTS = CHECKOUT / "tests" / "artefacts"
FOLDER = CHECKOUT / "docs" / "screenshots"
LARGEST = 200_000
"""Bytes that a picture may have: who clones has them all."""

STORIES = [
    "tests/test_spa.py::test_people_who_see_or_use_it_otherwise_are_kept_out_of_no_page",
    "tests/test_graphiql.py::test_people_of_the_demo_are_a_click_or_a_key_away",
]
CHOSEN = {
    "app-thread.png": "spa-thread-desktop-light.png",
    "app-board.png": "spa-board-desktop-light.png",
    "app-phone.png": "spa-week-phone-light.png",
    "app-phone-dark.png": "spa-messages-phone-dark.png",
    "graphiql-live.png": "graphiql-live.png",
    "graphiql-pairs.png": "graphiql-pairs.png",
}
"""Each picture of docs/screenshots/, and the one among the artefacts that it is a copy of."""


def main() -> int:
    """Tell the stories and take the pictures; pytest's exit code, or 1 for a picture that is too large."""
    failed = pytest.main(["-q", *(str(CHECKOUT / story) for story in STORIES)])
    if failed:
        return failed
    FOLDER.mkdir(exist_ok=True)
    for name, taken in CHOSEN.items():
        picture = ARTEFACTS / taken
        if picture.stat().st_size > LARGEST:
            print(f"{picture} has more than {LARGEST} bytes.", file=sys.stderr)
            return 1
        shutil.copyfile(picture, FOLDER / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
