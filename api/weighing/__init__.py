"""A cooperative's weighing list: a spreadsheet read, checked cell by cell, made ready to sign."""
