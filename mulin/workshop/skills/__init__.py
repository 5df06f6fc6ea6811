"""The skills chain 就业链: what the order book will want and nobody can do yet, courses made from it
with partners, assessments whose result counts in the next allocation, and how a newcomer gets from
a first talk to a first wage.

Words: *gap* 缺口 (minutes of work wanted beyond what those who can do it offer), *syllabus* 考核要点
(what somebody must show, how long it counts), *course* 课 (a gathering of this room), *assessment*
考核, *newcomer* 新工友, *partner* 联建单位 (党建联建), *promise* 承诺.
"""
