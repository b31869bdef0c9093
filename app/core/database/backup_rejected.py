class BackupRejected(RuntimeError):
    """The file is no backup that can be used; the message says why in one sentence without its full stop."""
