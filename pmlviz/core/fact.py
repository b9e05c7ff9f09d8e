"""The base of all events: a past fact, compared by value."""

import msgspec


class Fact(msgspec.Struct, frozen=True, gc=False):
    """Base of all events; compared by value."""
