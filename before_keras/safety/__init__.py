"""Writing whole or not at all; opening and showing what strangers may have written."""
