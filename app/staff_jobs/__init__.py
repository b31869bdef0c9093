"""Work that members of staff ask for and that takes longer than a request: dry runs, imports, exports, checks of the log."""
