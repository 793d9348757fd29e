SELECT sequence, recorded_us, asset, state FROM tally.wallets_of(%(org)s, %(owner)s, %(asset)s)
