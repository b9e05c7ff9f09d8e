"""What a trace of writes must lead to, counted by definition: slow, plain, and nobody's model.

Every page is mapped 4 KiB. At time 0 and at each multiple of the clean interval, at the next epoch
boundary, every page is made clean and every PML buffer is emptied without an exit.
"""

from collections import Counter

import msgspec

from pmlviz.core.write_trace import WriteTrace

NR_PML_ENTRIES = 512
PAGES_2M = 512


class ReferenceCounts(msgspec.Struct, frozen=True):
    """Counts by the names of expected.jsonl."""

    records: int
    wp_faults: int
    """First stores to a page since the last clean, by any vCPU."""
    pml_entries_by_vcpu: dict[str, int]
    """The same, by the vCPU that stored first: the D bit is shared."""
    pml_full_exits: int
    """Entries that found 512 logged: the exit comes first, and the entry finds the buffer empty."""
    first_touch_2m: int
    """First stores to a 2 MiB region since the last clean."""
    splits_2m: int
    """2 MiB regions stored to at all."""
    distinct_4k_pages: int
    clean_intervals_with_writes: int
    max_dirty_in_interval: int


def reference_counts(trace: WriteTrace, every: int) -> ReferenceCounts:
    """Return the counts of *trace* when it is cleaned every *every* guest instructions."""
    interval = -1
    entries: Counter[int] = Counter()
    logged: Counter[int] = Counter()
    exits = first_touch_2m = max_dirty = 0
    dirty: set[int] = set()
    dirty_2m: set[int] = set()
    intervals: set[int] = set()
    records = zip(trace.epoch_starts.tolist(), trace.vcpu.tolist(), trace.gfn.tolist(), strict=True)
    for epoch_start, vcpu, gfn in records:
        if epoch_start // every != interval:
            interval = epoch_start // every
            intervals.add(interval)
            dirty.clear()
            dirty_2m.clear()
            logged.clear()
        if gfn in dirty:
            continue
        dirty.add(gfn)
        max_dirty = max(max_dirty, len(dirty))
        if gfn // PAGES_2M not in dirty_2m:
            dirty_2m.add(gfn // PAGES_2M)
            first_touch_2m += 1
        if logged[vcpu] == NR_PML_ENTRIES:
            exits += 1
            logged[vcpu] = 0
        logged[vcpu] += 1
        entries[vcpu] += 1
    pages = set(trace.gfn.tolist())
    return ReferenceCounts(
        records=len(trace),
        wp_faults=entries.total(),
        pml_entries_by_vcpu={str(vcpu): n for vcpu, n in sorted(entries.items())},
        pml_full_exits=exits,
        first_touch_2m=first_touch_2m,
        splits_2m=len({gfn // PAGES_2M for gfn in pages}),
        distinct_4k_pages=len(pages),
        clean_intervals_with_writes=len(intervals),
        max_dirty_in_interval=max_dirty,
    )
