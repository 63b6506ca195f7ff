"""Evaluates a run's best model on the test reviews."""

if __name__ == "__main__":
    try:
        from commands import start

        start("evaluate")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
