"""The handlers of a project: functions that implement methods of an API."""
