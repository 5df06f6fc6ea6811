"""The parlour 一厅三堂: one parlour, three halls."""
