"""The process that writes: commands go to it, outcomes come back."""
