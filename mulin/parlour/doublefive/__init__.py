"""Double-Five 双五工程: five projects a year that the residents choose, and appraise at its end.

Words: *season* 年度双五, *stage* 环节, *idea* 点子, *criterion* 筛选标准, *screener* 筛选人,
*merge* 合并, *appeal* 申诉, *roll rule* 选民资格规则,
*placing* 个别决定, *representative* 新居民代表, *chosen* 入选项目, *project* 双五项目,
*milestone* 步骤, *appraisal* 年终测评, *appraiser* 测评人.

A season runs through seven stages: collect, screen, publish, roll, vote, carry out, appraise. An
idea comes from the public form or out of a need that another room hands over; its author follows
it, agrees to a merge and appeals by the code they were given. What was chosen is recorded from a
counting `Result`, with the rolls it was voted on.

What was chosen is carried out as a project in everybody's sight: promise, steps, delays with their
reason, money, photos. At year's end a new roll appraises it. Two sides that nothing joins:
`Appraiser` knows that somebody has answered, on which day, by which way; `Verdict` and `Remark`
know what was said, and no person, no day. An answer lies sealed in an `Envelope` until all are
opened together, in random order; then the roll is removed. What that does not prove: whoever holds
the database *and* the keys while an envelope waits can open it and see, by the database's own
marks, with which answer it was written; whoever is told on the phone or at the door hears it. The
box is for those who do not want to rely on that, and the page says so.
"""
