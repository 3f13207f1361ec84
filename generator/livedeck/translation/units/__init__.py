"""Cut a template into the units that are translated."""
