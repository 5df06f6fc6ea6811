"""Reception 睦邻客厅: residents come in, phone, scan a code, hand in paper; demands are solved.

Words: *visit* 来访, *demand* 诉求 (the desk's side of a need), *owner* 经办人, *limit* 时限,
*acceptance* 受理, *confirmation* 回访确认 (the asker says solved or not, and rates),
*return call* 电话回访, *the three rates* 响应率 · 解决率 · 满意率.
Gives needs to other rooms by `flow.hand_over`; takes their answers and asks for confirmation.
"""
