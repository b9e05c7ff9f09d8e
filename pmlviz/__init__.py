"""pmlviz shows Intel Page Modification Logging at work, as Xen uses it."""

__version__ = "0.1.0"
