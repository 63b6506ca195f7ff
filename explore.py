"""Writes a page in which trained models read reviews word by word, and opens it."""

if __name__ == "__main__":
    try:
        from commands import start

        start("explore")
    except KeyboardInterrupt:  # before start could see to it
        raise SystemExit(130) from None
