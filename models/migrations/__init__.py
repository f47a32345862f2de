"""Migrations, in the order of their names; written by `make migrations`, then read and completed by hand."""
