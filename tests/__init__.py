"""Stories about people who use the product, on a real PostgreSQL and a real Redis-protocol server."""
