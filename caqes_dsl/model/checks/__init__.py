"""Checks on a lowered policy; each returns diagnostics and changes nothing."""
