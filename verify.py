"""Checks every number of the chapter, or explains a saved model's parameters."""

if __name__ == "__main__":
    try:
        from commands import start

        start("verify")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
