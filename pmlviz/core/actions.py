"""What may be asked of the machine.

One action is one thing that another vCPU could interleave with.
"""

import msgspec

from pmlviz.core.ept import EptEntry
from pmlviz.core.exits import AccessKind
from pmlviz.core.units import Gla, Mfn


class GuestAccess(msgspec.Struct, frozen=True):
    """*vcpu* reads, writes or fetches *size* bytes at the guest-linear address *gla*.

    With guest paging off that is the guest-physical address.

    *retry*: the instruction runs again after a handled exit.
    """

    vcpu: int
    kind: AccessKind
    gla: Gla
    size: int = 1
    retry: bool = False


class HandleExit(msgspec.Struct, frozen=True):
    """The hypervisor handles the pending VM exit of *vcpu* and enters the guest again."""

    vcpu: int


class EnableLogDirty(msgspec.Struct, frozen=True):
    """XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY."""


class DisableLogDirty(msgspec.Struct, frozen=True):
    """XEN_DOMCTL_SHADOW_OP_OFF."""


class PeekBitmap(msgspec.Struct, frozen=True):
    """XEN_DOMCTL_SHADOW_OP_PEEK: drain all buffers, read the bitmap, clear nothing."""


class CleanBitmap(msgspec.Struct, frozen=True):
    """XEN_DOMCTL_SHADOW_OP_CLEAN: drain all buffers, read and clear the bitmap, arm all pages.

    *send* tells whether the toolstack then copies the pages it was given.
    """

    send: bool = True


class DrainPml(msgspec.Struct, frozen=True):
    """Empty the PML buffer of *vcpu* (None: of all) as an exit 62 would."""

    vcpu: int | None = None


class Invept(msgspec.Struct, frozen=True):
    """INVEPT, single-context, on every CPU that runs *vcpu* (None: any of the domain)."""

    vcpu: int | None = None


class CopyAll(msgspec.Struct, frozen=True):
    """The toolstack sends every page to the destination while the guest runs."""


class StopAndCopy(msgspec.Struct, frozen=True):
    """The guest stops for good; a last CLEAN, and its pages are sent."""


class WriteEptEntry(msgspec.Struct, frozen=True):
    """Lab: software writes the raw *value* into entry *index* of *table*, without INVEPT."""

    table: Mfn
    index: int
    value: EptEntry


class WritePmlIndex(msgspec.Struct, frozen=True):
    """Lab: VMWRITE of the PML index of *vcpu*, 16 bits; no value is refused, as on a machine."""

    vcpu: int
    index: int


Action = (
    GuestAccess
    | HandleExit
    | EnableLogDirty
    | DisableLogDirty
    | PeekBitmap
    | CleanBitmap
    | DrainPml
    | Invept
    | CopyAll
    | StopAndCopy
    | WriteEptEntry
    | WritePmlIndex
)
