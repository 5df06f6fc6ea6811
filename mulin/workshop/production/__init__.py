"""Production 产业链: orders of firms are split into lots, done at home or in the workshop, counted, judged.

Words: *order* 订单, *operation* 工序 (with a dated *piece rate* 工价), *lot* 批次 (with a code on a
label), *movement* 收发 (pieces or material from one place to another, never changed, never deleted),
*receipt* 回收单 (what a worker gave back, counted by two), *verdict* 验收 (accepted, rework, scrap),
*offer* 派单 (a lot proposed to a worker, who accepts or declines), *carrying round* 送收.
Who proposes lots is one function (`rules.propose`): the greedy of the counter stands there now.
`wages` reads paid verdicts of this room; nothing else leaves it.
"""
