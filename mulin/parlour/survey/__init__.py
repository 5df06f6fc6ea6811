"""The yearly survey 社区年度满意测评: how satisfied the households are with the community.

Words: *survey* 测评, *sampled household* 样本户, *disposition* 联系结果, *response rate* 回收率,
*envelope* 封存的答卷. It takes dwellings from places and gives one published figure a year, apart
from the ratings of demands, which only those give who asked for something.

Two sides that nothing joins: `Sampled` knows that a household has answered, on which day, by which
way, typed by whom; `Answer` and `Remark` know what was answered, and no household, no day, no hand.
An answer first lies sealed in an `Envelope`, written in one transaction with the fact of return;
envelopes are opened ten and more of one grid at once, in random order, and all of them at the end.

What that proves: from the tables nobody can tell who answered what. What it does not: whoever holds
the database *and* the keys of the installation while an envelope waits can open it and see, by the
database's own marks, with which return it was written; whoever types paper or phones hears the
answers; a sheet that was photographed lies beside its household's code until it is handed in, when
picture and reading go in the same transaction; and backups made meanwhile keep what stood there.
"""
