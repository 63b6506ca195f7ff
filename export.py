"""Exports a run's best model to another tool's format."""

if __name__ == "__main__":
    try:
        from commands import start

        start("export")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
