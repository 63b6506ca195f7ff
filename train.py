"""Trains a model of the chapter and writes a run folder."""

if __name__ == "__main__":
    try:
        from commands import start

        start("train")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
