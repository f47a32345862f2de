"""Texts that try to carry a script, a style or a foreign page into whoever reads them, by the way in which they try."""

from tests.xss_corpus import disguises, markdown, markup

CORPUS: list[str] = [
    text
    for module in (markdown, markup, disguises)
    for name, texts in vars(module).items()
    if name.isupper()
    for text in texts
]
