"""The requests that were refused, as answers, and telling the access log of them."""
