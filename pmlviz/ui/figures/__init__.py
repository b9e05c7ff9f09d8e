"""Figures: pure functions from a frame to a scene of plain values; no Qt."""
