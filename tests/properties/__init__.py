"""The real service logic held to a model, and laws of the arithmetic."""
