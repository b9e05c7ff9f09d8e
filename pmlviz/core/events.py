"""What can happen: the only way a state changes.

Each event is a past fact with the data to fold it into the state (`evolve.py`) and the rule it
obeys (`rules.py`). Events that change nothing are there to be told: narration, highlighting and
sub-step scrubbing read the same list. *table* is the frame of an EPT table, *index* the entry in
it, *gfn* the first guest frame that the entry maps.
"""

from pmlviz.core.cpu_events import (
    AccessBegan as AccessBegan,
)
from pmlviz.core.cpu_events import (
    AccessDone as AccessDone,
)
from pmlviz.core.cpu_events import (
    AccessedSet as AccessedSet,
)
from pmlviz.core.cpu_events import (
    DirtySet as DirtySet,
)
from pmlviz.core.cpu_events import (
    EptWalked as EptWalked,
)
from pmlviz.core.cpu_events import (
    GuestEntryUpdated as GuestEntryUpdated,
)
from pmlviz.core.cpu_events import (
    PermissionGranted as PermissionGranted,
)
from pmlviz.core.cpu_events import (
    PmlIndexChecked as PmlIndexChecked,
)
from pmlviz.core.cpu_events import (
    PmlIndexStepped as PmlIndexStepped,
)
from pmlviz.core.cpu_events import (
    PmlLogged as PmlLogged,
)
from pmlviz.core.cpu_events import (
    TlbFilled as TlbFilled,
)
from pmlviz.core.cpu_events import (
    TlbFlushed as TlbFlushed,
)
from pmlviz.core.cpu_events import (
    TlbHit as TlbHit,
)
from pmlviz.core.cpu_events import (
    TlbMissed as TlbMissed,
)
from pmlviz.core.cpu_events import (
    VmExited as VmExited,
)
from pmlviz.core.fact import Fact as Fact
from pmlviz.core.xen_events import (
    AllPagesCopied as AllPagesCopied,
)
from pmlviz.core.xen_events import (
    BitmapCleaned as BitmapCleaned,
)
from pmlviz.core.xen_events import (
    BitmapPeeked as BitmapPeeked,
)
from pmlviz.core.xen_events import (
    DomainPaused as DomainPaused,
)
from pmlviz.core.xen_events import (
    DomainPmlSet as DomainPmlSet,
)
from pmlviz.core.xen_events import (
    DomainUnpaused as DomainUnpaused,
)
from pmlviz.core.xen_events import (
    DrainBegan as DrainBegan,
)
from pmlviz.core.xen_events import (
    EntryRetyped as EntryRetyped,
)
from pmlviz.core.xen_events import (
    EptEntryWritten as EptEntryWritten,
)
from pmlviz.core.xen_events import (
    EptInvalidated as EptInvalidated,
)
from pmlviz.core.xen_events import (
    EptpAdSet as EptpAdSet,
)
from pmlviz.core.xen_events import (
    EptTableAdded as EptTableAdded,
)
from pmlviz.core.xen_events import (
    GlobalTypeSet as GlobalTypeSet,
)
from pmlviz.core.xen_events import (
    LogDirtyModeSet as LogDirtyModeSet,
)
from pmlviz.core.xen_events import (
    MarkedBy as MarkedBy,
)
from pmlviz.core.xen_events import (
    MemoryWritten as MemoryWritten,
)
from pmlviz.core.xen_events import (
    PageMarked as PageMarked,
)
from pmlviz.core.xen_events import (
    PagesCopied as PagesCopied,
)
from pmlviz.core.xen_events import (
    PmlDisabled as PmlDisabled,
)
from pmlviz.core.xen_events import (
    PmlEnabled as PmlEnabled,
)
from pmlviz.core.xen_events import (
    PmlIndexReset as PmlIndexReset,
)
from pmlviz.core.xen_events import (
    RecalcMarked as RecalcMarked,
)
from pmlviz.core.xen_events import (
    RecalcPushed as RecalcPushed,
)
from pmlviz.core.xen_events import (
    SpuriousMisconfigExpected as SpuriousMisconfigExpected,
)
from pmlviz.core.xen_events import (
    SuperpageSplit as SuperpageSplit,
)
from pmlviz.core.xen_events import (
    TableRetyped as TableRetyped,
)
from pmlviz.core.xen_events import (
    VmEntered as VmEntered,
)

Event = (
    AccessBegan
    | TlbHit
    | TlbMissed
    | EptWalked
    | PermissionGranted
    | PmlIndexChecked
    | AccessedSet
    | DirtySet
    | PmlLogged
    | PmlIndexStepped
    | TlbFilled
    | TlbFlushed
    | GuestEntryUpdated
    | AccessDone
    | VmExited
    | VmEntered
    | DomainPaused
    | DomainUnpaused
    | LogDirtyModeSet
    | PmlEnabled
    | PmlDisabled
    | DomainPmlSet
    | EptpAdSet
    | EptInvalidated
    | GlobalTypeSet
    | RecalcMarked
    | RecalcPushed
    | EntryRetyped
    | TableRetyped
    | SuperpageSplit
    | PageMarked
    | DrainBegan
    | PmlIndexReset
    | BitmapPeeked
    | BitmapCleaned
    | AllPagesCopied
    | PagesCopied
    | SpuriousMisconfigExpected
    | EptEntryWritten
    | EptTableAdded
    | MemoryWritten
)
