"""The pages of the watch: alarms at work, what is set up, the doors for devices and those called."""
