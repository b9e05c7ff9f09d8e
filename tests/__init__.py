"""Tests. The folders mirror pmlviz: one test file for each module."""
