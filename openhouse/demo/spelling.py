"""Names as computers' addresses spell them."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """The name in small ASCII letters, without accents, apostrophes and spaces: `María José` is `mariajose`."""
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalnum())
