"""Measures the running product from outside, as a customer meets it. Starts it, talks to it, prints a table.

Owns no limit: it says how long things took, and counts wrong or missing answers. See `docs/measurements.md`.
"""
