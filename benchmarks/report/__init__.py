"""What a run's results say: ratios first, then tables and plots, written into docs/performance.md."""
