"""The suggestions hall 建言堂: ideas that end in an answer, and what unites people on a topic.

Words: *idea* 金点子, *support* 支持, *objection* 反对, *answer* 答复, *to adopt* 采纳, *to merge* 合并,
*opinion map* 意见图, *statement* 观点, *consensus* 共识.

An idea is a need of the flow that lives in this room: its number, its story and its follow code are
the flow's, so the author is told at each step, and adopting it hands it over to another room.
"""
