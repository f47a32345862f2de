"""What clients see: Strawberry types over rows, payloads, connections, errors."""
