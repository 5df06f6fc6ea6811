"""Alarms 守护: somebody presses, or is not heard of; whoever can go is told until somebody goes.

Words: *alarm* 报警, *press* 呼救, *ladder* 响应次序 of *rungs* 级, *contact* 联系人, *device* 设备,
*check-in* 报平安, *expectation* 应有的消息, *away* 不在家, *duty screen* 值守屏, *to go* 应答.

An alarm is a committed row before anybody is told "received". It is told at least once and never
marked before it is sent; it ends only by a human. `elders` may point here, never the other way.
"""
