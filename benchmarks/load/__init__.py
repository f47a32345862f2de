"""The load: clients that cost little, since they share a core with PostgreSQL and Redis."""
