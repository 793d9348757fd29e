"""The tests: tests/<kind>/<context>/; helpers of a kind stand beside its contexts."""
