"""What languages are called, for sentences about people who share one."""

from collections.abc import Iterable

_NAMES = dict(
    line.split(maxsplit=1)
    for line in """
    ar Arabic
    bg Bulgarian
    bn Bengali
    ca Catalan
    cs Czech
    da Danish
    de German
    el Greek
    en English
    es Spanish
    et Estonian
    fa Persian
    fi Finnish
    fr French
    ga Irish
    he Hebrew
    hi Hindi
    hr Croatian
    hu Hungarian
    id Indonesian
    is Icelandic
    it Italian
    ja Japanese
    ko Korean
    lt Lithuanian
    lv Latvian
    nb Norwegian
    nl Dutch
    no Norwegian
    pl Polish
    pt Portuguese
    ro Romanian
    ru Russian
    sk Slovak
    sl Slovenian
    sr Serbian
    sv Swedish
    sw Swahili
    ta Tamil
    te Telugu
    th Thai
    tr Turkish
    uk Ukrainian
    ur Urdu
    vi Vietnamese
    zh Chinese
    """.strip().splitlines()
)


def language_of(tag: str) -> str:
    """The language that a BCP 47 tag is a kind of: pt for pt-BR."""
    return tag.split("-")[0].casefold()


def languages_of(tags: Iterable[str]) -> list[str]:
    """The languages that some tags are kinds of, each once, in their order."""
    return list(dict.fromkeys(map(language_of, tags)))


def name_of(language: str) -> str:
    """What it is called in English; the tag itself where we do not know."""
    return _NAMES.get(language, language)
