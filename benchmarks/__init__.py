"""The benchmarks: this server beside others that do the same work. `make bench`; docs/performance.md says how."""
