"""Humble widgets: each shows a frame and sends intents to the session."""
