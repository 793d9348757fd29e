"""The read models of inventory."""
