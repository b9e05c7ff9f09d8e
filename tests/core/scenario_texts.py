"""One scenario file, and what may be done to it."""

PLACE = "demo.toml"
DEMO = '''\
# A demonstration.
title = "Three pages"   # the claim

[machine]
regions = [{ gfn = 0, pages = 1024, size = "4K" }]

[script]
items = """
enable          # first
# then the writes
write gfn 5..6

write 0x7000    # the last
clean
"""

[[note]]
at = 2
text = "One."

[[note]]
at = 5
text = "Two."

[expect]
bitmap = [5, 6, 7]   # three
'''


def changed(*changes: tuple[str, str]) -> str:
    """Return the file with each (old, new) put in; *old* must be there."""
    text = DEMO
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
