"""The workloads, W1 to W5, one a file: each says what it sends to a server and what it looks at."""
