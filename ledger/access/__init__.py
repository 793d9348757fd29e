"""Access: what lines of orders have given that is no parcel, and what of it is gone again."""
