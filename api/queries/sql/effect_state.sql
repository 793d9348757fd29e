SELECT effect, waiting, waiting_us, done, failed FROM tally.effect_state()
