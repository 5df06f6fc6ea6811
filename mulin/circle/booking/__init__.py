"""Booking 预约: rooms and places that neighbours use by the hour, idle hours for the old included.

Words: *room* 场地, *bookable hours* 开放时段 (some of them *idle* 闲时), *booking* 预约 (holds its
quarter-hours and the cleaning after it), *waiting place* 候补, *offer* (a place that came free, with a
time to say yes), *price* and *discount* 优惠 (dated rules with their source), *group* 优待对象 (checked
by somebody at the desk), *deposit* 押金, *slip* 预约单.
Nothing can be booked twice: every quarter-hour of a room is one row under a unique constraint.
"""
