"""Live runs: many conversations at once, within a budget, through the faults of services, and never paid for twice."""
