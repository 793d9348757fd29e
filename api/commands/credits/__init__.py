"""Commands on wallets: usage, holds, deposits, grants, transfers, corrections, caps."""
