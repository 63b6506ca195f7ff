"""Downloading a file: whole and with the right checksum, or not at all."""

import io
from pathlib import Path

import filelock
import pooch
import requests

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_write, reason
from before_keras.safety.files import checksum


def download(url: str, path: Path, known_hash: str) -> None:
    """Downloads a file to `path` unless it is there by now, with a progress bar.

    A lock lets two processes ask at once. Until the checksum is right the bytes stand
    in `<path>.part`; a wrong one moves them to `<path>.quarantined`.

    Args:
        url: http or https.
        path: where the file shall be.
        known_hash: SHA-256, or "md5:" and an MD5.

    Raises:
        UserError: if the server, the network, the disk or the checksum fails, or the
            server sends more than 64 MiB.
    """
    part = path.with_name(path.name + ".part")
    by_hand = _(
        "put the file ({checksum}) at {path} yourself, or name an imdb.npz with --data"
    ).format(checksum=known_hash, path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_name(path.name + ".lock")):
            if not path.exists():
                _fetch(url, part)
                _accept(part, path, known_hash)
    except _WrongError as error:
        raise UserError(
            _("{url} {reason}: try again, or {remedy}").format(
                url=url, reason=error, remedy=by_hand
            )
        ) from None
    except requests.RequestException as error:
        raise UserError(
            _("cannot download {url} to {path} ({reason}): {remedy}").format(
                url=url, path=path, reason=_cause(error), remedy=by_hand
            )
        ) from error
    except OSError as error:
        raise cannot_write(path, error) from error


class _WrongError(Exception):
    """The server sent something else."""


def _fetch(url: str, part: Path) -> None:
    try:
        with io.BufferedWriter(_Bounded(part, "w")) as file:
            timeout = (bounds.MAX_CONNECT_SECONDS, bounds.MAX_SILENT_SECONDS)
            fetch = pooch.HTTPDownloader(progressbar=True, timeout=timeout)
            fetch(url, file, None, check_only=False)
    except Exception:
        part.unlink(missing_ok=True)
        raise


def _accept(part: Path, path: Path, known_hash: str) -> None:
    """Moves the file into its place, or out of the way if it is another one."""
    if (found := checksum(part, known_hash)) == known_hash:
        part.replace(path)
        return
    quarantine = part.replace(path.with_name(path.name + ".quarantined"))
    raise _WrongError(
        _("has the checksum {found}, not {wanted} (kept in {path}, not used)").format(
            found=found, wanted=known_hash, path=quarantine
        )
    )


class _Bounded(io.FileIO):
    """A file that does not fill the disk, whatever a server sends."""

    def write(self, data):
        if self.tell() + len(data) > bounds.MAX_DOWNLOAD:
            raise _WrongError(
                _("sends more than {most:,} bytes").format(most=bounds.MAX_DOWNLOAD)
            )
        return super().write(data)


def _cause(error: BaseException) -> str:
    """The innermost reason, without requests' wrapping of wrappings."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return reason(error)
    return _(str(error).split(": ")[-1].strip("\n "))
