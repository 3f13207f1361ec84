"""Sandboxes: disposable containers with a Docker daemon of their own, and the images they start from."""
