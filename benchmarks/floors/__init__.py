"""Floors: what is left when there is no GraphQL. Nobody can be faster than these on the same machine."""
