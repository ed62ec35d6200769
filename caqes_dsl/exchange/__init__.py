"""Reading cohorts and writing results."""
