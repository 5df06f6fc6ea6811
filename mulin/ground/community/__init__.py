"""The tenant: communities and their grids, login accounts, roles with dates, working days.

Words: *community* 社区, *street* 街道, *grid* 网格, *account* (who signs in), *membership*
(a role of an account in a community, with dates), *stand-in* 代班.
Gives: `Actor`, on which every permission is asked; `opened_to`, without which no page opens.
"""
