"""Unit tests of the kernel, the chain and prices."""
