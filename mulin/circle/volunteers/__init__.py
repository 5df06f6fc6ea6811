"""Volunteers 公益荟: eight kinds of activity a month, who helps when, hours that can be proved, thanks.

Words: *kind* 种类, *activity* 活动 (a gathering with a row of ours), *shift* 岗位, *duty* 值守 (somebody's
place in a shift), *stay* 签到签退 (as it was signed), *service* 计入时长 (what of it counts, to the minute,
never twice), *record* 志愿服务记录, *certificate* 证明, *appointment* 预约 of whoever is served,
*offer* 商家优惠 with *coupons* 券, *wish* 想办的活动.
"""
