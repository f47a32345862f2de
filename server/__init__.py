"""The running service: the Starlette app, settings, transports, the command line, and the servers of a local run."""
