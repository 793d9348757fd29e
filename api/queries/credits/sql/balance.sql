SELECT org, owner, asked, sequence, recorded_us, asset, state, subscription
  FROM tally.wallets_of(%(orgs)s::text[], %(owners)s::text[], %(assets)s::text[])
