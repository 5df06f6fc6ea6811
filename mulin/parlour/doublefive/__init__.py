"""Double-Five 双五工程: five projects and five services a year that the residents choose.

Words: *season* 年度双五, *stage* 环节, *idea* 点子, *criterion* 筛选标准, *screener* 筛选人,
*merge* 合并, *appeal* 申诉, *roll rule* 选民资格规则,
*placing* 个别决定, *representative* 新居民代表, *chosen* 入选项目.

A season runs through seven stages: collect, screen, publish, roll, vote, carry out, appraise. An
idea comes from the public form or out of a need that another room hands over; its author follows
it, agrees to a merge and appeals by the code they were given. What was chosen is recorded from a
counting `Result`, with the rolls it was voted on.
"""
