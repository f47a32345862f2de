"""The words that say something: what people wrote at sign-up, made comparable without looking behind the words."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKS = re.compile(r"[\u0300-\u036f]")

# As `plain` leaves them, in the languages in which most write.
_EMPTY_WORDS = """
the and for with from that this these those there their they them have has had having was were are been being
about into over under after before more most much many some any all also but not nor only just than then when
where which while what who whom whose why how can could would should will shall may might must did does doing
you your yours our ours his her hers its out off too very own same such each few other another again once
i'd i'm i've i'll don't it's can't didn't won't
like want need wish hope help learn find get got give make made take know think feel look see say said tell
good well better best great new first last next one two three year years month months week weeks day days time
somebody someone something anybody anything nothing everything people person thing things way lot bit
mentor mentors mentee mentees mentoring mentorship program programme group goal goals experience
und oder aber der die das den dem des ein eine einen einem einer ich mich mir wir uns sie ihr ihnen mit von fur
auf aus bei nach uber nicht auch noch schon sehr mehr wie was wer wenn dass sich sein ist sind war haben habe hat
werden wird kann konnen mochte will gern gerne
les des une dans pour avec sans sur sous est sont suis etre avoir nous vous ils elles mon mes son ses leur leurs
que qui quoi plus tres bien pas aussi mais comme voudrais veux aimerais
los las una unos unas para por con sin sobre entre que quien como mas muy pero tambien soy eres son estar tengo
tiene quiero quisiera gustaria mis sus nuestro
uma uns umas com sem nos nas dos das sobre entre quem mais muito mas tambem sou tenho quero gostaria meu minha
"""
"""What everybody writes who signs up."""

_EMPTY = frozenset(_EMPTY_WORDS.split())
SHORTEST = 3


def plain(text: str) -> str:
    """Text without capitals and accents, its blanks made one, so that “Prix  Juste” and “prix juste” are the same."""
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).split())


def words(*texts: str | None) -> dict[str, str]:
    """The words of some texts that say something, made plain and without a plural's s; each as it was first written."""
    found: dict[str, str] = {}
    for text in texts:
        for written in _WORD.findall(text or ""):
            if word := _said(written):
                found.setdefault(word, written)
    return found


@lru_cache(65_536)
def _said(written: str) -> str | None:
    word = plain(written).replace("’", "'")
    if word in _EMPTY or (len(word) < SHORTEST and word.isascii()):
        return None
    return word.removesuffix("s") if len(word) > SHORTEST + 1 else word


def topics(written: Iterable[str]) -> dict[str, str]:
    """Topics made plain; each as it was written."""
    return {plain(each): each for each in written}


def listed(things: Iterable[str], word: str = "and", most: int = 3) -> str:
    """Some things as people list them: “soap, prices and markets”; no more than `most`."""
    *before, last = list(things)[:most]
    return f"{', '.join(before)} {word} {last}" if before else last
