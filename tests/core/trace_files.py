"""Real traces, traces written by hand, and traces that Hypothesis makes up."""

import gzip
import lzma
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from pmlviz.core.trace import WriteTrace, read_trace

TRACES = Path(__file__).parent.parent / "data" / "traces"
BOOT = "linux_boot_1vcpu.pwt.xz"
MEMTEST = "memtest86_32MiB.pwt.xz"
LACKEY_RAW = "lackey/true_raw.lackey.xz"
REDIS = "migration/redis_8MBps_20ms_pages/pages.pwt.xz"

HEADER = "# pwt 1  source=hand vcpus=2 pages=32 page=4096 epoch_insns=1000 time=guest-instructions"
PWT = f"""\
{HEADER}
# by hand
M 0 0 3
E 0 0 3
5 0 1a 7 2
9 1 1a 1 1
12 0 0 3 3
M 500 1 4
E 0 0 1
600 1 1f 64 64
E 2 2000 1
0 0 2 1 1
# total insns=2001 stores=76 records=5
"""
LACKEY = """\
==7== Lackey, an example Valgrind tool
I  04000000,3
 S 1fff000ff8,8
I  04000003,3
 L 1fff000ff8,8
 M 04033ffc,8
 S 04034008,4
I  04000006,1
 S 1fff000ff0,8
==7==   guest instrs:  3
"""


@cache
def real(name: str) -> WriteTrace:
    """Return the real trace *name*, read once in a run."""
    return read_trace(TRACES / name)


def held(trace: WriteTrace) -> dict[str, object]:
    """Return what can be compared of *trace*: all but its source, its format and its notes."""
    plain: dict[str, object] = {}
    for name in trace.__struct_fields__:
        value = getattr(trace, name)
        plain[name] = value.tolist() if hasattr(value, "tolist") else value
    for name in ("source", "format", "notes"):
        del plain[name]
    return plain


def pack(text: bytes, suffix: str) -> bytes:
    """Return *text* as a file whose name ends in *suffix* has it."""
    if suffix == ".xz":
        return lzma.compress(text)
    return gzip.compress(text) if suffix == ".gz" else text


@st.composite
def pwt_texts(draw: st.DrawFn) -> str:
    """Make up page-write traces that follow the format."""
    vcpus = draw(st.integers(1, 4))
    epoch_insns = draw(st.sampled_from((1, 100, 1_000_000)))
    virtual, host = draw(st.booleans()), draw(st.booleans())
    pages = 1 << 52 if virtual else draw(st.integers(1, 5000))
    comment = st.sampled_from((None, None, "# said in passing", "", "#"))
    some = st.integers(0, 10**12)
    lines = [
        f"# pwt 1  source=fuzz vcpus={vcpus} page=4096 epoch_insns={epoch_insns}"
        " time=guest-instructions"
        + (" space=virtual" if virtual else f" pages={pages}")
        + (" host=1" if host else "")
    ]
    epoch = stores = n_records = last = 0
    for number in range(draw(st.integers(1, 5))):
        epoch += draw(st.integers(0, 3))
        if draw(st.booleans()):
            lines.append(f"M {draw(some)} {draw(st.integers(0, vcpus - 1))} {draw(some)}")
        records = draw(
            st.lists(
                st.tuples(
                    st.integers(0, epoch_insns - 1),
                    st.integers(0, vcpus - 1),
                    st.integers(0, pages - 1),
                    st.integers(1, 10**9),
                    st.integers(1, 64),
                ),
                min_size=number == 0,
                max_size=6,
            )
        )
        start = epoch * epoch_insns
        host_us = f" {draw(some)}" if host else ""
        lines.append(f"E {epoch} {start} {len(records)}{host_us}")
        for dt_insn, vcpu, gfn, n_stores, lines64 in records:
            lines.append(f"{dt_insn} {vcpu} {gfn:x} {n_stores} {lines64}")
            if (said := draw(comment)) is not None:
                lines.append(said)
            stores += n_stores
            n_records += 1
            last = max(last, start + dt_insn)
    if draw(st.booleans()):
        lines.append(f"# total insns={last} stores={stores} records={n_records}")
    end = draw(st.sampled_from(("\n", "\r\n")))
    return end.join(lines) + draw(st.sampled_from(("", end)))


@st.composite
def lackey_texts(draw: st.DrawFn) -> str:
    """Make up Lackey's output, with one store at least."""
    address = st.integers(0, (1 << 64) - 1 - 4096)
    lines = draw(
        st.lists(
            st.one_of(
                st.builds("I  {:08x},{}".format, address, st.integers(1, 15)),
                st.builds(" L {:08x},{}".format, address, st.integers(1, 512)),
                st.builds(" S {:08x},{}".format, address, st.integers(1, 4096)),
                st.builds(" M {:08x},{}".format, st.integers(0, 20_000), st.integers(1, 64)),
                st.sampled_from(("==7== said", "--7-- said", "**7** said", "==7==")),
            ),
            max_size=30,
        )
    )
    return "\n".join(["==7== Lackey, an example Valgrind tool", *lines, " S 04033ffc,8"])
