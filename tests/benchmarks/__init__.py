"""Measurements of the plugin's own cost; `python -m tests.benchmarks` writes docs/performance.md."""
