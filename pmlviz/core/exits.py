"""VM exits: reasons and exit qualifications (SDM, "Basic VM-Exit Information", Table 27-7)."""

from enum import IntEnum, IntFlag

import msgspec

from pmlviz.core.units import Gla, Gpa


class ExitReason(IntEnum):
    """Basic exit reasons, numbered as in SDM Appendix C and spelled as in Xen's vmx.h."""

    EXTERNAL_INTERRUPT = 1
    EPT_VIOLATION = 48
    EPT_MISCONFIG = 49
    PML_FULL = 62


class AccessKind(IntEnum):
    """What an access does to memory."""

    READ = 0
    WRITE = 1
    FETCH = 2
    RMW = 3
    WALK = 4
    """The page walker's own access to a guest paging-structure entry: a write when EPTP.AD = 1."""

    @property
    def writes(self) -> bool:
        """Whether the instruction modifies memory (a walk counts as a write for EPT, yet stores no
        data).
        """
        return self in (AccessKind.WRITE, AccessKind.RMW)


class Qualification(IntFlag):
    """Exit qualification for EPT violations, SDM Table 27-7.

    Bits 2:0 say what the access was, bits 5:3 are the AND of R, W, X over the whole path, bit 7
    says that the linear address is valid and bit 8 that the access was to its translation (0: to a
    guest paging-structure entry). For PML-full (62) only bit 12 is defined.
    """

    READ = 1 << 0
    WRITE = 1 << 1
    FETCH = 1 << 2
    PATH_R = 1 << 3
    PATH_W = 1 << 4
    PATH_X = 1 << 5
    GLA_VALID = 1 << 7
    GLA_TRANSLATION = 1 << 8
    NMI_UNBLOCKING = 1 << 12


class VmExit(msgspec.Struct, frozen=True, gc=False):
    """One VM exit as the VMCS records it.

    *gpa* and *gla* are None where the SDM leaves the fields undefined (PML-full); *qualification*
    is 0 for a misconfiguration, which defines none.
    """

    reason: ExitReason
    qualification: int = 0
    gpa: Gpa | None = None
    gla: Gla | None = None
