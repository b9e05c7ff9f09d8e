"""Windows beside the window: none is in the way of it but those that must be answered."""
