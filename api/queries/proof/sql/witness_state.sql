SELECT name, waiting_us, error FROM tally.witness_state()
