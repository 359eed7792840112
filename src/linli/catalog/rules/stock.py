"""Who gets units when not all can: arrival order, all of a request or nothing of it."""

from collections.abc import Mapping, Sequence


def allocate(
    asked: Sequence[Mapping[int, int]], available: Mapping[int, int]
) -> tuple[list[int], dict[int, int]]:
    """Serve requests ({sku_id: units}) in the order of arrival.

    Returns, for each request, 0 when it is served or the first sku that has too few; and the units taken of each sku.
    """
    left = dict(available)
    taken: dict[int, int] = {}
    short: list[int] = []
    for request in asked:
        missing = next((sku for sku, units in sorted(request.items()) if left.get(sku, 0) < units), 0)
        short.append(missing)
        if missing:
            continue
        for sku, units in request.items():
            left[sku] -= units
            taken[sku] = taken.get(sku, 0) + units
    return short, taken
