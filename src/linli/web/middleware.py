class _P:
    def __init__(self, get): self.get=get
    def __call__(self, r): return self.get(r)
ContentPolicy=Language=Visit=_P
