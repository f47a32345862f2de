"""A command's expected failure."""


class CommandError(Exception):
    """The command could not do its work; the message, which is printed alone, tells a person why."""
