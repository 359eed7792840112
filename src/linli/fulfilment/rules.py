"""Promises about delivery."""


def freight_fen(goods_fen: int, *, flat_fen: int, free_from_fen: int) -> int:
    """The freight of one merchant's parcel: flat, and free from an amount of goods on (0: always free)."""
    return 0 if goods_fen >= free_from_fen else flat_fen
