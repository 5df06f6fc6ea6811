"""The grid classroom 网格课堂: kits, lessons, quizzes on phones, drills, draws, whom nobody reached.

Words: *kit* 教案, *lesson* 课, *scene* 情景演练, *class code* 课堂码, *prize draw* 抽奖, *online lesson*
网络讲堂, *stopped fraud* 拦下的骗局.

A lesson is a gathering of its own kind: notice, list, sign-in by the code at the door, walk-ins and
minutes are the gatherings'. What a class answers is counted and forgotten: no row says who erred.
"""
