"""Downloading a file: whole and with the right checksum, or not at all."""

from pathlib import Path

import filelock
import pooch
import requests

from chapter9.errors import UserError
from chapter9.files import checksum

TIMEOUT = (10, 30)  # seconds to connect, and between two pieces of the file


def download(url: str, path: Path, known_hash: str) -> None:
    """Downloads a file to `path` unless it is there by now, with a progress bar.

    A lock lets two processes ask at once. Until the checksum is right the bytes stand
    in `<path>.part`; a wrong one moves them to `<path>.quarantined`.

    Args:
        url: http or https.
        path: where the file shall be.
        known_hash: SHA-256, or "md5:" and an MD5.

    Raises:
        UserError: if the server, the network, the disk or the checksum fails.
    """
    part = path.with_name(path.name + ".part")
    by_hand = f"put the file there yourself ({known_hash}), or name one with --data"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_name(path.name + ".lock")):
            if path.exists():
                return
            fetch = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT)
            fetch(url, part, None, check_only=False)
            if (found := checksum(part, known_hash)) != known_hash:
                quarantine = part.replace(path.with_name(path.name + ".quarantined"))
                raise UserError(
                    f"{url} has the checksum {found}, not {known_hash}; "
                    f"kept in {quarantine}, not used: try again, or {by_hand}"
                )
            part.replace(path)
    except requests.RequestException as error:
        raise UserError(
            f"cannot download {url} to {path} ({_cause(error)}): {by_hand}"
        ) from error
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error


def _cause(error: BaseException) -> str:
    """The innermost reason, without requests' wrapping of wrappings."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return str(error).split(": ")[-1].strip("\n ")
