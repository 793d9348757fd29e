"""The catalogue: what an org sells, and what each SKU of it means."""
