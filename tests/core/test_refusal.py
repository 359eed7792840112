"""A refusal is told by a code that a module declared."""

import pytest

from linli.core.refusal import NamedRefusal, Refusal
from linli.fulfilment.operations import ParcelKnown


def test_a_code_that_nobody_declared_is_a_fault_where_it_is_said() -> None:
    with pytest.raises(ValueError, match="MZ0001"):
        Refusal("MZ0001")


def test_a_named_refusal_is_made_with_details_only() -> None:
    assert ParcelKnown({"tracking_no": "SF1"}).told() == {"tracking_no": "SF1"}
    assert issubclass(ParcelKnown, NamedRefusal) and ParcelKnown().code == "parcel_known"
    with pytest.raises(ValueError):
        ParcelKnown("MZ0001")  # type: ignore[arg-type]
