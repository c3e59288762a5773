"""Reading: functions of a session that give rows or frozen values and never write."""
