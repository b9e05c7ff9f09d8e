"""VM exits: their numbers are the SDM's."""

import pytest

from pmlviz.core.exits import AccessKind, ExitReason, Qualification, VmExit


def test_exit_reasons_have_the_manuals_numbers() -> None:
    assert {reason.name: reason.value for reason in ExitReason} == {
        "EXTERNAL_INTERRUPT": 1,
        "EPT_VIOLATION": 48,
        "EPT_MISCONFIG": 49,
        "PML_FULL": 62,
    }


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (0x1AA, Qualification.WRITE | Qualification.PATH_R | Qualification.PATH_X),
        (0x18A, Qualification.WRITE | Qualification.PATH_R),
        (0x182, Qualification.WRITE),
        (0x181, Qualification.READ),
    ],
)
def test_the_reference_qualifications_read_as_the_table_says(
    value: int, meaning: Qualification
) -> None:
    linear = Qualification.GLA_VALID | Qualification.GLA_TRANSLATION

    assert Qualification(value) == meaning | linear


def test_a_walks_qualification_is_a_read_and_a_write_of_no_translation() -> None:
    assert Qualification(0x0AB) == (
        Qualification.READ
        | Qualification.WRITE
        | Qualification.PATH_R
        | Qualification.PATH_X
        | Qualification.GLA_VALID
    )


def test_a_pml_full_exit_names_no_address() -> None:
    assert VmExit(ExitReason.PML_FULL) == VmExit(ExitReason.PML_FULL, 0, None, None)


def test_only_instructions_that_store_data_are_writes() -> None:
    assert [kind for kind in AccessKind if kind.writes] == [AccessKind.WRITE, AccessKind.RMW]
