"""What every floor stands on and that needs no table: time, money, ids, files, scoping, look."""
