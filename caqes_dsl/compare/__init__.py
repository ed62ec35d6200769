"""What changed between two policies, as values: found by `diff`, applied by `apply`."""
