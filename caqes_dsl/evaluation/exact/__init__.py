"""The core in whole numbers, for the readers that are not the interpreter: spreadsheets, columns, SQL.

`lines`: one operation each, widths proved. `expressions`, `policy`: from the core to lines. `run`: what lines give.
"""
