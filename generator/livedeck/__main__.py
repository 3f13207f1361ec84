"""The command, also `python -m livedeck`. Until the command line is loaded, Ctrl-C ends it without a word."""

import signal


def main() -> None:
    """Load the command line and run it; it exits by itself."""
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from livedeck.cli import main as cli  # noqa: PLC0415 (this is the wait)

    if heeds:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
