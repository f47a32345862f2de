"""A real PostgreSQL and a real Redis-protocol server out of installed wheels, for local runs and for tests."""
