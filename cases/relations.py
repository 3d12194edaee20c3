"""A relation as one reader may read it: »mor til Anton og Ida« names Ida, of whom not everybody may know (C5)."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def relation_told(relation: str, known: Iterable[str]) -> str:
    """The relation without names that are not among the known ones.

    known: names of the persons whom the reader may know of, in full or in part. »mor til Anton og Ida« is »mor« to who
    may not know of both; »Idas storebror« is nothing at all then.
    """
    names = {word.casefold() for name in known for word in _WORD.findall(name)}
    if _names_only(relation, names):
        return relation
    head = relation.partition(" til ")[0].partition(",")[0].strip()
    return head if _names_only(head, names) else ""


def _names_only(text: str, names: set[str]) -> bool:
    """Does every word that looks like a name stand among the names, also in the genitive?"""
    first, *rest = _WORD.findall(text) or [""]
    # A line may begin with a capital; there only »Idas storebror« is a name.
    told = [first, *rest] if rest and first.endswith(("s", "'", "’")) else rest
    return all(_is_known(word, names) for word in told if word[:1].isupper())


def _is_known(word: str, names: set[str]) -> bool:
    bare = word.casefold().rstrip("'’")
    return bare in names or (bare.endswith("s") and bare[:-1].rstrip("'’") in names)
