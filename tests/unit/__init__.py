"""Units: functions of one module, without a store or a process."""
