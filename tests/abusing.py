"""Documents that nobody sends in good faith, one for each way to ask for too much."""

ALIASES = "{ " + " ".join(f"alias{number}: __typename" for number in range(101)) + " }"
DUPLICATES = "{ viewer { " + "__typename " * 500 + "} }"
DIRECTIVES = "{ " + " ".join("__typename" + " @include(if: true)" * 5 for _ in range(25)) + " }"
UNKNOWN_DIRECTIVES = "{ __typename " + "@aa " * 10 + "}"
CIRCULAR_FRAGMENTS = "{ ...A } fragment A on Query { __typename ...B } fragment B on Query { __typename ...A }"
CIRCULAR_INTROSPECTION = "{ __schema { types " + "{ fields { type " * 4 + "{ fields { name } }" + " } }" * 4 + " } }"
DEEP = "{ viewer " + "{ user " * 30 + "{ id }" + " }" * 30 + " }"
ROOTS = "mutation { " + " ".join(f"setTyping{n}: __typename" for n in range(31)) + " }"
TOKENS = "{ " + "__typename " * 10_001 + "}"
FRAGMENTS = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(101))
FRAGMENTS += " fragment F101 on Query { __typename }"
COSTLY = """{ groups(first: 100) { edges { node { programs(first: 100) { edges { node { group {
  programs(first: 100) { edges { node { id } } } } } } } } } } }"""
NESTED = "{ viewer " + "{ user " * 5_000
LISTS = "{ groups(focus: " + "[" * 4_000


def bomb(deep: int, twice: int = 2) -> str:
    """Each fragment spreads the next one so many times: `twice` to the power of `deep` in so many lines."""
    lines = [f"fragment F{n} on Viewer {{ {f'...F{n + 1} ' * twice}}}" for n in range(deep)]
    return " ".join(["{ viewer { ...F0 } }", *lines, f"fragment F{deep} on Viewer {{ user {{ id }} }}"])
