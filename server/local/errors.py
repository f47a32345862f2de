"""What can go wrong with a local server."""


class LocalServerError(Exception):
    """A local server cannot be started or reached; the message tells a person what to do."""


class PortTaken(LocalServerError):
    """Another server already listens on the port."""
