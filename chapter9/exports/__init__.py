"""A run and its model in, a folder out that other tools open without this project."""

from chapter9.exports.folder import Export, write

__all__ = ["Export", "write"]
