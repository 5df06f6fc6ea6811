"""The ten-minute circle 10分钟社区圈: who reaches what on foot, what is open, where the next place goes.

Words: *home* (a building with its dwellings), *place* and *service* 服务 (`ground/places`), *walking
map* 步行图 (an extract that was taken in), *correction* 订正 (a gate, stairs, a path by hand),
*walker* 步行者 (a pace, with or without steps), *gap* 缺口 (a home that lacks a service).
The engine stands in `ground/places/walking` and knows no table; siting in `commons/planning`.
"""
