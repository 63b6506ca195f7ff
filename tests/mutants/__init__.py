"""Do the tests notice a change? Lines of the product are changed, one at a time.

`make mutants` runs it; docs/mutants.md has its last result.
"""
