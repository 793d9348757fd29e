"""Proof: trees, checkpoints, signed notes and archives that a stranger can check."""
