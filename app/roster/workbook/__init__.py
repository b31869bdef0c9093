"""Reading a workbook (XLSX, ECMA-376) by the coordinates of its cells, in a process of its own.

`child.py` is that process. It imports only the standard library and nothing of the app, so it starts in 40 ms and holds no secret.
The app's side is `app/roster/providers/xlsx.py`; `wire.py` defines their messages. Only the parts that a roster needs are opened:
the list of sheets, the first visible sheet, the shared texts, and the styles, to know which of them are dates.
"""
