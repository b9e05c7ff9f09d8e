"""The machine as values and pure functions: no Qt, no clock, no chance."""
