"""The operator's Docker daemon: where it is, how to reach it, and what it refuses."""
