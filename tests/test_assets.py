"""Assets: found in a checkout; a missing one says where it was looked for."""

import pytest

from pmlviz.assets import asset


def test_a_font_is_found() -> None:
    found = asset("fonts/DejaVuSans.ttf")

    assert found.is_file()


def test_a_missing_asset_names_both_places() -> None:
    with pytest.raises(FileNotFoundError, match=r"no/such\.svg.*neither .*assets.* nor .*assets"):
        asset("no/such.svg")
