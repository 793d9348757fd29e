"""Journals as the programs of accountants read them."""
