"""Ballots 选票: rolls, secret votes in a sealed urn, paper beside it, one board for everybody.

Words: *election* 一次表决 (title, options, constituencies, days), *constituency* 选民组, *roll*
选民名册, *draw* 领票 (the roll is marked, two blind signatures are given), *cast* 投票 (without login),
*urn* 票箱 (sealed envelopes), *key holder* 票箱钥匙保管人, *observer* 监票人, *board* 公示板,
*receipt* 回执号, *channel equation* 票数核对.

A room opens an election through these actions and learns the end by asking for its state:

    election = draft_election(
        Terms(
            title="路灯改造表决",
            options=(("yes", "同意"), ("no", "不同意"), ("abstain", "弃权")),   # id, title
            constituencies=(("all", "到会居民", "签到的十八岁以上居民"),),      # id, title, rule
            max_choices=1, min_choices=0,
            opens_at=…, closes_at=…, rule="多数通过", is_online=True,
            origin=("deliberation.meeting", meeting.pk),
        ),
        by=actor, now=now, token=token,
    )                                                        # actions.elections
    put_on_roll(election, {"all": person_ids}, by=…, now=…)  # actions.rolls: any frozen list
    post_roll(…) → objections → freeze_roll(…)               # a meeting may freeze at once
    keep_urn_key(…), confirm_share(…) ×3, pass_test(…)       # actions.holders; only if is_online
    open_election(…)                                         # from here nothing can be changed
    seal_urn(…) → take_in_opened(…) → publish(…)             # actions.ending

Choose-up-to-five is the same with forty options and `max_choices=5`. The lines of paper are in
`actions.paper`. `queries.published_ballots(election)` gives, after publication and not before, the
ballots as sorted lists of option ids per constituency: what `counting` takes (see its words).
`queries.electorate(rules, day=…)` says who belongs where by rules that are data (`membership`); in
`ready` a room registers its page and what the opening moves in it (`registry.register_room`).

Who has taken a ballot and what was cast stand in two tables without a common key, order or time;
`draw` and `cast` (actions.voting) write no act, no message, no token and no line in a log.
"""
