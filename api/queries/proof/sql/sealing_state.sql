SELECT unsealed_us, refused FROM tally.sealing_state()
