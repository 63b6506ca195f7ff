"""Draws the chapter's pictures, from real models: one command per picture."""

if __name__ == "__main__":
    try:
        from commands import start

        start("draw")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
