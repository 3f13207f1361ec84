"""What each command does: one module a command, the only place that knows several stages."""
