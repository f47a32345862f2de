"""Servers to compare with: the same work on the same tables, each written as its library's documentation would."""
