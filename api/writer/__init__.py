"""The process that writes: commands go to it over a line, outcomes come back."""
