"""Each rule of the ledger, given, when and then."""
