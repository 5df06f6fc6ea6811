"""A week of lots as a workshop might have it, made up from a seed: 90 % of the time is used."""

from random import Random

from mulin.commons.planning.allocation import Lot, Work, Worker

SKILLS = ("weave", "sew", "assemble", "pack", "check")


def week(seed, *, workers=62, lots=200):
    dice = Random(seed)
    people = tuple(
        Worker(
            id=f"W{number:02d}",
            skills=frozenset(dice.sample(SKILLS, dice.choice([1, 2, 2, 3]))),
            minutes=dice.choice([300, 480, 600, 900, 1200]),
            pace=dice.randint(70, 125),
            likes=frozenset(dice.sample(SKILLS, 1)),
        )
        for number in range(workers)
    )
    sizes = [dice.randint(40, 240) for _lot in range(lots)]
    offered = sum(one.minutes * one.pace / 100 for one in people)
    scale = 0.9 * offered / sum(sizes)
    by_skill = {
        skill: sum(one.minutes / len(one.skills) for one in people if skill in one.skills)
        for skill in SKILLS
    }
    names = dice.choices(SKILLS, [by_skill[skill] for skill in SKILLS], k=lots)
    return Work(
        people,
        tuple(
            Lot(f"L{number:03d}", skill, max(20, int(size * scale)))
            for number, (skill, size) in enumerate(zip(names, sizes, strict=True))
        ),
        {},
    )
