"""Telling whether what somebody sent is one emoji, and spelling it in one way."""

from collections.abc import Sequence

from emoji import EMOJI_DATA, STATUS

from resolvers import text

_VARIATION = "\ufe0f"  # "as a picture, please": clients send some emojis with it and some without


def _without_variation(value: str) -> str:
    return value.replace(_VARIATION, "")


_SPELT_OUT = {
    _without_variation(value): value
    for value, known in EMOJI_DATA.items()
    if known["status"] == STATUS["fully_qualified"]
}


def one_emoji(value: str, path: Sequence[str]) -> str:
    """Exactly one emoji of those that Unicode recommends, in its full spelling: ❤ and ❤️ are the same heart."""
    emoji = _SPELT_OUT.get(_without_variation(value))
    if emoji is None:
        raise text.invalid("Choose exactly one emoji, such as 👍.", path)
    return emoji
