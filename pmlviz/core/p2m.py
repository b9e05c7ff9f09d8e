"""Xen's page types and the EPT flags they give (mm/p2m-ept.c: ept_p2m_type_to_flags,
ept_set_middle_entry).
"""

from pmlviz.core.ept import A, D, EptEntry, MemType, P2mType, R, W, X
from pmlviz.core.state import Platform
from pmlviz.core.units import EptLevel, Mfn

ACCESS_RWX = 7
"""p2m_access_rwx."""

_FLAGS = R | W | X | A | D


def ram_rw_flags(platform: Platform) -> int:
    """Return R, W, X, A, D of p2m_ram_rw: software pre-sets A and D where the processor has
    them.
    """
    return R | W | X | ((A | D) if platform.ad else 0)


def logdirty_flags(platform: Platform, *, writable: bool) -> int:
    """Return R, W, X, A, D of p2m_ram_logdirty: never D; W only if the processor is to log the
    page.
    """
    return R | X | (W if writable else 0) | (A if platform.ad else 0)


def restrict_sp(flags: int, level: EptLevel, platform: Platform) -> int:
    """Return *flags* without X for a superpage, where Xen does not leave superpages executable."""
    return flags & ~X if level > EptLevel.PTE and not platform.exec_sp else flags


def leaf(mfn: Mfn, level: EptLevel, p2mt: int, flags: int) -> EptEntry:
    """Return a write-back leaf of *level* for *mfn* with *p2mt* and *flags* (R, W, X, A, D
    bits).
    """
    base = EptEntry.build(
        emt=MemType.WB,
        ipat=1,
        sp=int(level > EptLevel.PTE),
        mfn=mfn,
        p2mt=p2mt,
        access=ACCESS_RWX,
        sve=1,
    )
    return EptEntry(base | flags)


def retyped(entry: EptEntry, p2mt: int, flags: int) -> EptEntry:
    """Return leaf *entry* with type and flags set anew and the recalculation mark gone."""
    plain = (entry & ~_FLAGS) | flags
    return EptEntry(plain).replace(emt=MemType.WB, recalc=0, p2mt=p2mt)


def middle(mfn: Mfn) -> EptEntry:
    """Return the non-leaf entry that leads to the table in *mfn*: RWX, A set, no D (it has
    none).
    """
    return EptEntry.build(r=1, w=1, x=1, a=1, mfn=mfn, access=ACCESS_RWX, sve=1)


def marked(entry: EptEntry) -> EptEntry:
    """Return *entry* made to misconfigure on its next touch: emt 7 and recalc."""
    return entry.replace(emt=MemType.RECALC, recalc=1)


def is_ram(p2mt: int) -> bool:
    """Return whether *p2mt* is one of the types log-dirty changes between."""
    return p2mt in (P2mType.RAM_RW, P2mType.RAM_LOGDIRTY)
