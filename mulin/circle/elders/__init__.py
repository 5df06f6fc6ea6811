"""Elders 幸福荟: who is looked after with their consent, by whom, how often; what they are given and give.

Words: *elder* 老人 (a person in care, with consent), *fact* 类别 (very old, alone, …, dated, with its
source), *health card* 健康卡, *kin* 家属 (sees visits and meals, with the elder's consent), *helper*
结对人, *pair* 结对 (trial, lasting, ended), *pace* 频次 (category × way × days, dated), *contact* 探访
(a visit or a call and what came of it), *mutual-aid group* 互助组, *service order* 服务单, *hand* 帮手
(who came to a gathering to help: those minutes are given, not received).
"""
