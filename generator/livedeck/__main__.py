"""The command, also `python -m livedeck`. While the command line is loading, Ctrl-C ends it silently."""

import signal


def main() -> None:
    """Load the command line and run it; it does not return."""
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from livedeck.cli import main as cli  # noqa: PLC0415 (this is the wait)

    if heeds:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
