"""The imported price list: what is in it, and what it charges."""
