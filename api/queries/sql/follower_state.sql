SELECT name, behind, behind_us, parked FROM tally.follower_state()
