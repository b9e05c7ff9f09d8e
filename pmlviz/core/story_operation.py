"""The story of what the toolstack asks for: enable, PEEK, CLEAN, copies, and of work by hand."""

from collections.abc import Callable

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core import wording as say
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import entry_at
from pmlviz.core.moment import Moment
from pmlviz.core.narration import sentence
from pmlviz.core.rules import Rule
from pmlviz.core.story_visit import drain_progress, draining
from pmlviz.core.telling import Story, told
from pmlviz.core.units import PAGE_SIZE, EptLevel


def tell_operation(m: Moment) -> Story:
    """Return the story of an operation, under way or at rest."""
    if not m.at_rest:
        return Story(told(_under_way(m)), m.done[-1].rule, verdict=f"in {m.who}")
    for mark, tell in _AT_REST:
        if any(mark(event) for event in m.events):
            return tell(m)
    if all(isinstance(x, e.DomainPaused | e.DomainUnpaused) for x in m.events):
        nothing = told("All PML buffers are empty: there is nothing to drain.")
        return Story(nothing, Rule.PML_DRAIN, "", "drained 0")
    last = m.events[-1]
    by_hand = isinstance(last, e.EptEntryWritten)
    verdict = "by hand" if by_hand else f"in {m.who}"
    return Story(told(sentence(last, m.before_last, who=m.who)), last.rule, "", verdict)


def _under_way(m: Moment) -> str:
    """Return what happened last."""
    last = m.done[-1]
    if draining(m.done) and not isinstance(last, e.EptInvalidated):
        return drain_progress(m, m.done)
    match last:
        case e.PmlIndexReset(vcpu, _, new):
            to = say.index(new, m.entries)
            return f"The buffer of vCPU {vcpu} is drained, and {{pml.index}} its index is {to}."
        case e.BitmapCleaned():
            what = _named(_returned(m, e.BitmapCleaned))
            return f"CLEAN has read {{bitmap}} the bitmap, {what}, and cleared it."
        case e.RecalcMarked(_, index, level):
            return (
                f"{m.who} marks {{leaf}} {say.entry(level, index)} for recalculation: "
                "what lies below it exits 49 at its next touch."
            )
        case _:
            return sentence(last, m.before_last, who=m.who)


def _returned(m: Moment, kind: type[e.Event]) -> Bitset:
    """Return the pages that the operation found in the bitmap."""
    return m.state_before(kind).domain.bitmap.bits


def _drained(m: Moment) -> int:
    return sum(x.count for x in m.events if isinstance(x, e.DrainBegan))


# ── at rest ─────────────────────────────────────────────────────────────────


def _enable(m: Moment) -> Story:
    with_pml = [n for n, v in enumerate(m.state.vcpus) if v.pml]
    if with_pml:
        has = "has" if len(with_pml) == 1 else "have each"
        pml = f"and {say.vcpus(with_pml)} {has} {{pml.index}} an empty PML buffer"
    else:
        pml = "without PML"
    how = _armed(m) or "No entry has changed."
    text = f"Log-dirty mode is on, {pml}. {how}"
    eager = any(isinstance(x, e.SuperpageSplit) for x in m.events)
    return Story(told(text), Rule.LOG_DIRTY_MODE, "C31" if eager else "", "log-dirty on")


def _armed(m: Moment) -> str:
    """Return how the operation changed the types of all pages."""
    marks = [x for x in m.events if isinstance(x, e.RecalcMarked)]
    tables = [x for x in m.events if isinstance(x, e.TableRetyped)]
    splits = [x for x in m.events if isinstance(x, e.SuperpageSplit)]
    text = ""
    if splits:
        n_tables = sum(len(x.tables) for x in splits)
        text = (
            f"{{split}} {say.count(len(splits), 'superpage')} split first: "
            f"{say.count(n_tables, 'new table')}, {n_tables * PAGE_SIZE} bytes. "
        )
    if marks:
        first = marks[0]
        what = say.entry(first.level, first.index) if len(marks) == 1 else f"{len(marks)} entries"
        is_are = "is" if len(marks) == 1 else "are"
        waits = "what lies below waits for its first touch, exit 49"
        text += f"Only {{leaf}} {what} {is_are} marked: {waits}."
    elif tables:
        n = sum(x.changed for x in tables)
        large = [x for x in tables if x.level > EptLevel.PTE]
        one = (large or tables)[0]
        flags = say.flags(next(x for x in _entries(one) if x))
        text += f"{{leaf}} {say.count(n, 'leaf', 'leaves')} changed at once: {flags}"
        if large and m.state.domain.log_dirty:
            text += f", one D flag for each {say.size(m.before, one.level)}"
        text += "."
    return text


def _entries(table: e.TableRetyped) -> list[int]:
    return [int(entry_at(table.page, n)) for n in range(len(table.page) // 8)]


def _disable(m: Moment) -> Story:
    pml = "PML is off and its buffers are freed." if m.before.domain.pml else ""
    parts = ("Log-dirty mode is off and the bitmap is gone.", pml, _armed(m))
    text = " ".join(part for part in parts if part)
    split = m.state.domain.ept_tables > _tables_at_first(m)
    if split:
        text += " What was split stays split."
    return Story(told(text), Rule.LOG_DIRTY_MODE, "C33" if split else "", "log-dirty off")


def _tables_at_first(m: Moment) -> int:
    """Return how many tables the regions took before any split."""
    geometry = m.before.geometry
    tables: set[tuple[int, int]] = set()
    for region in m.before.domain.regions:
        for level in range(region.level, EptLevel.PML4E + 1):
            size = geometry.pages(EptLevel(level)) << geometry.table_bits
            tables.update(
                (level, n)
                for n in range(region.gfn // size, -(-(region.gfn + region.pages) // size))
            )
    return len(tables)


def _peek(m: Moment) -> Story:
    pages = _returned(m, e.BitmapPeeked)
    text = f"PEEK {_returns(m, pages)}. Nothing is cleared, and no page is armed again."
    return Story(told(text), Rule.PEEK, "C17", f"returns {len(pages)}")


def _returns(m: Moment, pages: Bitset) -> str:
    drained = _drained(m)
    took = (
        f"drains {{pml.slot}} {say.count(drained, 'address', 'addresses')} and " if drained else ""
    )
    disc = "{bitmap} " if pages else ""
    return f"{took}returns {disc}{_named(pages)}"


def _named(pages: Bitset) -> str:
    """Return how many *pages* there are, and which, if that can be said."""
    named = say.gfns(pages)
    return named if "page" in named else f"{say.count(len(pages), 'page')}, {named}"


def _not_written(pages: Bitset, over: Bitset) -> str:
    """Return how many of the returned *pages* the guest has not written, as a sentence."""
    if len(over) == len(pages):
        none = "Neither was written." if len(over) == 2 else "None of them was written."
        return "It was not written." if len(over) == 1 else none
    return f"{len(over)} of them {'was' if len(over) == 1 else 'were'} not written."


def _clean(m: Moment) -> Story:
    read = m.state_before(e.BitmapCleaned)
    pages, lost = read.domain.bitmap.bits, judge.lost(m.state)
    text = f"CLEAN {_returns(m, pages)}."
    if lost:
        were = "was" if len(lost) == 1 else "were"
        are = "is" if len(lost) == 1 else "are"
        text += f" **{say.gfns(lost)}** {were} written and {are} in neither bitmap nor buffer."
        return Story(told(text), Rule.CLEAN, "C20", f"loses {len(lost)}")
    over = judge.over_reported(read)
    if over:
        text += f" {_not_written(pages, over)}"
    text += f" {_rearmed(m)}"
    claim = "C17"
    if over:
        # Few: page tables, written by the processor's walks. Many: the rest of superpages.
        claim = "C4" if len(over) >= m.before.geometry.entries // 2 else "C30"
    return Story(told(text), Rule.CLEAN, claim, f"returns {len(pages)}")


def _rearmed(m: Moment) -> str:
    for x in m.events:
        match x:
            case e.RecalcMarked(_, index, level):
                return f"{{leaf}} {say.entry(level, index)} is marked: every page is armed again."
            case e.TableRetyped():
                return "The leaves of these pages have {leaf} D=0 again."
            case _:
                continue
    return "No page had to be armed again."


def _copy_all(m: Moment) -> Story:
    n = next(x.pages for x in m.events if isinstance(x, e.AllPagesCopied))
    on = "must be found and sent again" if m.before.domain.log_dirty else "will not be noticed"
    text = f"All {n} pages are sent while the guest runs. What it writes from here on {on}."
    return Story(told(text), Rule.COPY, "", "sent")


def _stop_and_copy(m: Moment) -> Story:
    pages = _returned(m, e.BitmapCleaned)
    stale = judge.corrupt(m.state)
    sent = f"the last CLEAN {_returns(m, pages)}"
    text = f"The guest stops for good; {sent}."
    if stale:
        are, their = ("is", "its last write") if len(stale) == 1 else ("are", "their last writes")
        text += f" At the destination **{say.gfns(stale)}** {are} stale: no CLEAN returned {their}."
        return Story(told(text), Rule.COPY, "C20", f"loses {len(stale)}")
    text += " Every page at the destination is as the guest left it."
    return Story(told(text), Rule.COPY, "", "exact")


def _drain(m: Moment) -> Story:
    n = say.count(_drained(m), "address", "addresses")
    last = next(x for x in reversed(m.events) if isinstance(x, e.PmlIndexReset))
    text = (
        f"{m.who} drains {{pml.slot}} {n} into {{bitmap}} the bitmap; {{pml.index}} the index is "
        f"{say.index(last.new, m.entries)} again. No page is armed again: D stays set."
    )
    return Story(told(text), Rule.PML_DRAIN, "C17", f"drained {_drained(m)}")


def _set_index(m: Moment) -> Story:
    event = next(x for x in m.events if isinstance(x, e.PmlIndexReset))
    old, new = say.index(event.old, m.entries), say.index(event.new, m.entries)
    full = event.new >= m.entries
    then = "it names no slot" if full else "no word of the buffer changes"
    text = (
        f"Software writes {{pml.index}} the PML index of vCPU {event.vcpu}, `{old} → {new}`: "
        f"nothing checks it, and {then}."
    )
    return Story(told(text), Rule.PML_INDEX_RESET, "", "by hand")


def _invept(m: Moment) -> Story:
    event = next(x for x in m.events if isinstance(x, e.EptInvalidated))
    dropped = sum(len(m.before.vcpus[n].tlb) for n in event.vcpus)
    text = f"INVEPT finds nothing cached on {say.vcpus(event.vcpus)}."
    if dropped:
        text = (
            f"INVEPT drops all that {say.vcpus(event.vcpus)} had cached, "
            f"{say.count(dropped, 'translation')}. The next access to each page walks the EPT."
        )
    return Story(told(text), Rule.INVEPT, "", "INVEPT")


def _is_stop(m: Moment) -> bool:
    paused = sum(isinstance(x, e.DomainPaused) for x in m.events)
    return paused > sum(isinstance(x, e.DomainUnpaused) for x in m.events)


def _cleaned(m: Moment) -> Story:
    return _stop_and_copy(m) if _is_stop(m) else _clean(m)


def _mode(m: Moment) -> Story:
    on = next(x.on for x in m.events if isinstance(x, e.LogDirtyModeSet))
    return _enable(m) if on else _disable(m)


def _is(*kinds: type[e.Event]) -> Callable[[e.Event], bool]:
    return lambda event: isinstance(event, kinds)


_AT_REST: tuple[tuple[Callable[[e.Event], bool], Callable[[Moment], Story]], ...] = (
    (_is(e.LogDirtyModeSet), _mode),
    (_is(e.BitmapPeeked), _peek),
    (_is(e.BitmapCleaned), _cleaned),
    (_is(e.AllPagesCopied), _copy_all),
    (_is(e.DrainBegan), _drain),
    (_is(e.PmlIndexReset), _set_index),
    (_is(e.EptInvalidated), _invept),
)
"""By which event an operation is known, the most telling first."""
