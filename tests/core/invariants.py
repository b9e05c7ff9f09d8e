"""The invariants of the domain reference (section 5.6), each as a predicate of a state."""

from collections.abc import Iterator

from pmlviz.core.ept import EptEntry, P2mType
from pmlviz.core.judge import lost, pending_words
from pmlviz.core.mapping import effective_type, leaf_of
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, Gfn, gfn_of


def broken(state: State) -> list[str]:
    """Return the names of the invariants I-1 to I-7 that *state* breaks."""
    checks = (i_1, i_2, i_3, i_4, i_5, i_6, i_7)
    return [check.__name__ for check in checks if not check(state)]


def i_1(state: State) -> bool:
    """Each PML index names a slot, or is exactly 0xFFFF."""
    entries = state.geometry.pml_entries
    return all(v.pml_index < entries or v.pml_index == 0xFFFF for v in state.vcpus if v.pml)


def i_2(state: State) -> bool:
    """No page waits twice, in one buffer or in two."""
    waiting = _waiting(state)
    return len(waiting) == len(set(waiting))


def i_3(state: State) -> bool:
    """In log-dirty mode every page written since the last CLEAN is in the bitmap or waits."""
    return not state.domain.log_dirty or not lost(state)


def i_4(state: State) -> bool:
    """No log-dirty superpage that is not pending is writable or dirty."""
    return not any(
        level > EptLevel.PTE and entry.p2mt == P2mType.RAM_LOGDIRTY and (entry.w or entry.d)
        for _, level, entry, pending in _leaves(state)
        if not pending
    )


def i_5(state: State) -> bool:
    """Each log-dirty 4 KiB entry with D set that is not pending waits in exactly one buffer."""
    waiting = _waiting(state)
    return all(
        waiting.count(gfn) == 1
        for gfn, level, entry, pending in _leaves(state)
        if not pending and level == EptLevel.PTE and entry.p2mt == P2mType.RAM_LOGDIRTY and entry.d
    )


def i_6(state: State) -> bool:
    """Each ram_rw entry is writable and dirty; in log-dirty mode its page is in the bitmap."""
    return all(
        entry.w
        and entry.d == state.platform.ad
        and (not state.domain.log_dirty or gfn in state.domain.bitmap.bits)
        for gfn, _, entry, pending in _leaves(state)
        if not pending and entry.p2mt == P2mType.RAM_RW
    )


def i_7(state: State) -> bool:
    """PML is on for the domain, for every vCPU and together with EPTP.AD, or for none of them."""
    switches = {state.domain.pml, state.domain.ad}
    return len(switches.union(*((v.pml, v.ad) for v in state.vcpus))) == 1


def after_clean(state: State) -> bool:
    """I-10: right after CLEAN the bitmap is empty, nothing waits and no page is ram_rw."""
    return (
        not state.domain.bitmap.bits
        and not _waiting(state)
        and all(_type_of(state, gfn) != P2mType.RAM_RW for gfn in _frames(state))
    )


def _waiting(state: State) -> list[Gfn]:
    return [gfn_of(word) for n in range(len(state.vcpus)) for word in pending_words(state, n)]


def _frames(state: State) -> Iterator[Gfn]:
    for region in state.domain.regions:
        yield from map(Gfn, range(region.gfn, region.gfn + region.pages))


def _type_of(state: State, gfn: int) -> int:
    return effective_type(state, leaf_of(state, gfn))


def _leaves(state: State) -> Iterator[tuple[Gfn, EptLevel, EptEntry, bool]]:
    for gfn in _frames(state):
        leaf = leaf_of(state, gfn)
        yield gfn, leaf.level, leaf.entry, leaf.marked
