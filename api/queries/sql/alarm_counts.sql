SELECT alarm, times FROM tally.alarms ORDER BY alarm
