"""Reading a workbook (XLSX, ECMA-376) by the coordinates of its cells, in a process of its own.

`child.py` is that process; it knows nothing of the app and needs the standard library alone, so that it starts in 40 ms and holds
no secret. The app's side is `app/roster/providers/xlsx.py`; what they say to each other stands in `wire.py`. Only the parts that a
roster needs are opened: the list of sheets, the first visible one, the shared texts, and of the styles which of them are dates.
"""
