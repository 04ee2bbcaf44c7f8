"""Finance calculators: time value, rates of return, depreciation, metrics, runway."""
