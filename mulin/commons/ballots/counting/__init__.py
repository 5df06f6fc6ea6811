"""Counting 计票: ballots in, one `Result` out, by a rule fixed before the vote. No framework.

Every number is an integer or an exact fraction, so that two who count get the same to the last
place. Words: *constituency* 选民组, *approval* 一票, *floor* 保底, *equal weight* 等权, *lot* 抽签,
*blank* 白票 (valid, names nobody), *void* 废票 (not valid, counts for nothing).
"""
