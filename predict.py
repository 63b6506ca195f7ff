"""Predicts whether reviews are positive, with a run's best model."""

if __name__ == "__main__":
    try:
        from commands import start

        start("predict")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
