"""Income tax on owners' earnings, by the cumulative method for labour income (STA Notice 16 of 2025; 个人所得税法): pure."""

# Taxable income of the year up to so many fen, rate in bp, quick deduction in fen.
BANDS = (
    (3_600_000, 300, 0),
    (14_400_000, 1000, 252_000),
    (30_000_000, 2000, 1_692_000),
    (42_000_000, 2500, 3_192_000),
    (66_000_000, 3000, 5_292_000),
    (96_000_000, 3500, 8_592_000),
    (10**18, 4500, 18_192_000),
)
COSTS_BP = 2000
MONTHLY_EXEMPT_FEN = 500_000


def tax_due_fen(*, earned_fen: int, months: int, withheld_fen: int) -> int:
    """What is to be withheld now, in fen: the tax on all of the year's income up to now, less what was withheld before.

    earned_fen: the income of this year, this payment included; months: from the first month with income to this one.
    """
    taxable = earned_fen - earned_fen * COSTS_BP // 10_000 - MONTHLY_EXEMPT_FEN * months
    if taxable <= 0:
        return 0
    rate_bp, quick_fen = next((rate, quick) for top, rate, quick in BANDS if taxable <= top)
    return max(taxable * rate_bp // 10_000 - quick_fen - withheld_fen, 0)
