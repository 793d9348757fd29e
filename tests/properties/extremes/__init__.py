"""Every command of the HTTP contract with extreme values, and every question about what it did."""
