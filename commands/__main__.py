"""`chapter9 train ...` and the others, for who has installed the package."""

import sys

from commands import NAMES, start


def main() -> None:
    """Runs the command that the first argument names; exits if that fails."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    if first in NAMES:
        sys.argv[:2] = [f"chapter9 {first}"]
        start(first)
        return
    from before_keras import __version__
    from before_keras.invocation import PROGRAM
    from before_keras.language import _, of_the_locale, use

    if first == "--version":
        print(__version__)
        return
    use(of_the_locale())
    usage = _(
        "usage: {program} COMMAND [OPTIONS], and COMMAND is one of {names}"
    ).format(program=PROGRAM, names=", ".join(NAMES))
    if first in ("-h", "--help"):
        print(usage)
        return
    print(usage, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
