"""Cached translations are values in an immutable map."""

from pmlviz.core.tlb import EMPTY_TLB, TlbEntry, TlbPolicy
from pmlviz.core.units import Gfn, Mfn


def test_translations_compare_by_value() -> None:
    one = TlbEntry(Gfn(5), Mfn(0x100005), r=True, w=True, x=True, d=False)
    same = TlbEntry(Gfn(5), Mfn(0x100005), r=True, w=True, x=True, d=False)

    assert EMPTY_TLB.set(5, one) == EMPTY_TLB.set(5, same)


def test_filling_a_tlb_leaves_the_empty_one_empty() -> None:
    EMPTY_TLB.set(5, TlbEntry(Gfn(5), Mfn(5), r=True, w=True, x=True, d=True))

    assert len(EMPTY_TLB) == 0


def test_the_policies_are_named_as_options_spell_them() -> None:
    assert [policy.value for policy in TlbPolicy] == ["sticky", "flush-on-exit"]
