class BackupRejected(RuntimeError):
    """The file is not a usable backup; the message says why in one sentence without its full stop."""
