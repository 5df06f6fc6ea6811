"""The deliberation hall 议事堂: a matter is proposed, screened, met over, decided, seen through.

Words: *matter* 议题, *motion* 动议, *seconder* 附议人, *screening* 初审, *point* 议程上的议题,
*roll of a meeting* 应到名册, *seat* 席, *quorum* 法定人数, *proxy* 委托, *amendment* 修正案,
*resolution* 决议, *publication* 公示, *objection* 异议, *task* 落实事项.

It takes needs over from reception (`flow`), holds its meetings as gatherings, and gives the
answer back through `flow`, so that reception asks whoever asked. What a law or a charter says of
quorum and majority is data that the community enters with its source (`MeetingRule`).
Secret votes are the commons' ballots; here votes are by show of hands and by roll call.
"""
