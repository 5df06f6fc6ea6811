"""What the pages of the matrix are about: three times the same things, by three sets of people.

`own` lies in grid 1 of 新街社区, `other` in its grid 2, `neighbour` in 邻里社区. A room adds its
things to `Side` and the arguments of its addresses to `KWARGS`, so that each page is asked for
with a thing of each side.

Every side holds strings that stand nowhere else. `CANARIES` says who may ever read them; the
matrix looks for them in every answer.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.core.files.base import ContentFile
from PIL import Image

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.complaining import complain
from mulin.commons.ballots.actions.elections import draft_election, open_election
from mulin.commons.ballots.actions.ending import publish, seal_urn
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    draw_sample,
    explain_box,
    note_box,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.rolls import (
    answer_objection,
    freeze_roll,
    object_to_roll,
    post_roll,
    put_on_roll,
)
from mulin.commons.ballots.models import (
    Complaint,
    Election,
    Objection,
    RollCheck,
    RollEntry,
    Sheet,
    SheetPicture,
)
from mulin.commons.ballots.queries import PICTURES
from mulin.commons.ballots.rules import Matter, Terms
from mulin.commons.flow.actions import add_photo, open_need
from mulin.commons.flow.models import ContactWish, Need, NeedPhoto, PhotoMoment, Visibility
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.agenda import add_item
from mulin.commons.gatherings.actions.coming import invite as invite_to
from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan, add_paper, plan_gathering
from mulin.commons.gatherings.actions.series import SeriesPlan, start_series
from mulin.commons.gatherings.models import (
    AgendaItem,
    Attendance,
    Gathering,
    GatheringPaper,
    Series,
)
from mulin.commons.paper.actions.scans import Incoming, keep_page, take_in
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.actions.street import send_in
from mulin.commons.paper.models import Handed, Reading
from mulin.commons.paper.registry import use_of
from mulin.ground.community.actions.founding import add_workday_exception, setup_token
from mulin.ground.community.actions.programs import connect_program, give_calendar_address
from mulin.ground.community.actions.ways_in import invite, print_personal_card
from mulin.ground.community.models import (
    Account,
    ApiClient,
    Community,
    Grid,
    Membership,
    WorkdayException,
)
from mulin.ground.community.queries import actor_of, actor_of_program
from mulin.ground.community.rules import Actor, Role, Scope, system
from mulin.ground.downloads.actions import ask_for, make
from mulin.ground.downloads.models import Download
from mulin.ground.downloads.registry import listing_of
from mulin.ground.notify.models import (
    Message,
    ServiceAccount,
    TextTemplate,
    Way,
    WeChatLink,
    index_of_open_id,
)
from mulin.ground.notify.rules import State
from mulin.ground.people.actions.bodies import merge_organisations
from mulin.ground.people.actions.merging import merge_persons
from mulin.ground.people.actions.organisations import affiliate, found_organisation
from mulin.ground.people.actions.persons import index_words, register_person
from mulin.ground.people.actions.rolls import preview_roll
from mulin.ground.people.models import (
    Affiliation,
    Merge,
    Organisation,
    OrganisationMerge,
    Person,
    RollImport,
)
from mulin.ground.people.queries import person_of_account
from mulin.ground.places.actions import add_place, move_in, print_code
from mulin.ground.places.models import Building, Dwelling, Place, Unit
from mulin.kit.channels import Channel
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.reading import ReadField, ReadPage
from mulin.kit.photos import CleanPhoto, clean_photo
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.actions.draws import list_entrants
from mulin.parlour.classroom.actions.kits import put_online, take_in_kit
from mulin.parlour.classroom.actions.lessons import plan_lesson, tell_stopped
from mulin.parlour.classroom.actions.quiz import open_quiz
from mulin.parlour.classroom.models import Draw, KitPicture, Lesson, OnlineLesson
from mulin.parlour.classroom.queries import shipped_kits
from mulin.parlour.classroom.rules import kit_as_toml
from mulin.parlour.deliberation.actions.deciding import decide_by_hands
from mulin.parlour.deliberation.actions.following import object_to
from mulin.parlour.deliberation.actions.following import publish as publish_matter
from mulin.parlour.deliberation.actions.matters import propose, screen
from mulin.parlour.deliberation.actions.meetings import (
    RuleValues,
    call_meeting,
    put_on_agenda,
    set_rule,
)
from mulin.parlour.deliberation.actions.meetings import (
    freeze_roll as freeze_meeting,
)
from mulin.parlour.deliberation.models import Point, Task, TaskPhoto
from mulin.parlour.deliberation.rules import Count
from mulin.parlour.doublefive.actions.appraising import open_appraisal
from mulin.parlour.doublefive.actions.carrying import begin_project, set_milestone
from mulin.parlour.doublefive.actions.following import comment
from mulin.parlour.doublefive.actions.ideas import Public, offer_idea
from mulin.parlour.doublefive.actions.picturing import keep_pictures
from mulin.parlour.doublefive.actions.seasons import name_screeners, open_season
from mulin.parlour.doublefive.models import (
    Appraisal,
    Appraiser,
    Chosen,
    Comment,
    Idea,
    Milestone,
    Moment,
    Picture,
    Placing,
    Project,
    Representative,
    RollRule,
    Season,
    SeasonVote,
)
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    assign_demand,
    note_on,
    receive_demand,
)
from mulin.parlour.reception.actions.imports import keep_upload
from mulin.parlour.reception.actions.joint import ask_help, offer_demand, send_out
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.orders import Ordered, take_in_order
from mulin.parlour.reception.actions.packs import make_pack
from mulin.parlour.reception.actions.stories import show_story
from mulin.parlour.reception.actions.templates import keep_template
from mulin.parlour.reception.actions.visits import record_visit
from mulin.parlour.reception.importing.queries import known_maps
from mulin.parlour.reception.models import (
    AnswerTemplate,
    Confirmation,
    Demand,
    EmergencyPack,
    ImportedFile,
    Offer,
    Sending,
    Share,
    Story,
    Visit,
    VisitKind,
    VisitReason,
    WorkOrder,
)
from mulin.parlour.rounds.actions.hand_overs import propose_hand_over
from mulin.parlour.rounds.actions.visits import note_visit, wish_for_visit
from mulin.parlour.rounds.models import HandOver
from mulin.parlour.rounds.rules import Outcome
from mulin.parlour.suggestions.actions.ideas import bring_idea
from mulin.parlour.suggestions.actions.minutes import write_points
from mulin.parlour.suggestions.actions.recordings import add_recording
from mulin.parlour.suggestions.actions.topics import open_topic
from mulin.parlour.suggestions.models import Idea as SuggestedIdea
from mulin.parlour.suggestions.models import MinutePoint, Recording, Statement, StatementState
from mulin.parlour.survey.actions.asking import type_paper
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    publish_survey,
)
from mulin.parlour.survey.models import Sampled, Survey
from mulin.parlour.survey.queries import code_of
from mulin.parlour.survey.rules import Answers
from mulin.workshop.production.actions.asking import ask_about
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.deposits import Sum as DepositSum
from mulin.workshop.production.actions.deposits import receive_deposit
from mulin.workshop.production.actions.imports import preview_orders
from mulin.workshop.production.actions.lots import Verdict, give_back, issue, judge, split_order
from mulin.workshop.production.actions.offers import offer as offer_lot
from mulin.workshop.production.actions.orders import Terms as OrderTerms
from mulin.workshop.production.actions.orders import agree as agree_on_order
from mulin.workshop.production.actions.orders import bring_in, take_order
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import ask_for_work, take_on
from mulin.workshop.production.models import Lot, LotPlan, Movement, StopKind
from mulin.workshop.production.rules import Cause
from mulin.workshop.wages.actions.months import close_month, do_to_statement
from mulin.workshop.wages.models import Statement as StatementOfPay
from mulin.workshop.wages.rules import Deed as PayDeed
from tests.cast import Cast
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory
from tests.factories.places import (
    BuildingFactory,
    DwellingFactory,
    ResidenceFactory,
    UnitFactory,
)
from tests.matrix.rooms import ROOMS

#: What every canary shares, for the search boxes: asking for it names no canary itself.
SOUGHT = "金雀"
OWN, OTHER, NEIGHBOUR = "own", "other", "neighbour"


@dataclass
class Side:
    """One set of things, and the people whose things they are."""

    sign: str
    community: Community
    grid: Grid
    resident: Account
    officer: Account
    person: Person
    mate: Person
    unjoined: Person  # has a phone that an account signs in with
    building: Building
    unit: Unit
    dwelling: Dwelling
    place: Place
    affiliation: Affiliation
    merge: Merge
    body_merge: OrganisationMerge
    roll: RollImport
    upload: ImportedFile
    taken_in: ImportedFile
    demand: Demand
    photo: NeedPhoto
    companion: Demand
    offer: Offer
    share: Share
    sending: Sending
    template: AnswerTemplate
    confirmation: Confirmation
    story: Story
    text_template: TextTemplate
    pack: EmergencyPack
    visit: Visit
    visit_kind: VisitKind
    message: Message
    task: Message
    failed: Message
    download: Download
    hand_over: HandOver
    handed: Handed
    sheet: Reading
    sent: str  # the receipt of a sheet that was sent from home
    point: Point
    gathering: Gathering
    agenda_item: AgendaItem
    attendance: Attendance
    gathering_paper: GatheringPaper
    lesson: Lesson
    online: OnlineLesson
    prize_draw: Draw
    kit_picture: KitPicture
    suggestion: SuggestedIdea
    statement: Statement
    series: Series
    minute_point: MinutePoint
    sound: Recording
    card: str
    invitation: str
    short_code: str
    program: ApiClient
    program_token: str
    calendar: str
    phone: str = ""
    id_number: str = ""
    election: Election | None = None  # its roll is frozen
    election_over: Election | None = None  # a vote on paper, published
    objection: Objection | None = None
    complaint: Complaint | None = None
    roll_entry: RollEntry | None = None
    roll_check: RollCheck | None = None
    ballot_sheet: Sheet | None = None
    ballot_pictures: list[SheetPicture] = field(default_factory=list)  # at a sheet, at none
    idea: Idea | None = None
    roll_rule: RollRule | None = None
    season_vote: SeasonVote | None = None
    representative: Representative | None = None
    chosen: Chosen | None = None  # nobody carries it out yet
    project: Project | None = None
    milestone: Milestone | None = None
    comment: Comment | None = None
    picture: Picture | None = None  # nobody has looked at it yet
    appraiser: Appraiser | None = None
    survey: Survey | None = None
    survey_over: Survey | None = None
    sampled: Sampled | None = None  # its household in the survey that is open
    letter: str = ""
    shop: dict[str, Any] = field(default_factory=dict)  # things of the workshop, by name
    room: dict[str, Any] = field(default_factory=dict)  # things of `tests/matrix/rooms`, by name

    @property
    def need(self) -> Need:
        return self.demand.need

    @property
    def membership(self) -> Membership:
        return Membership.objects.get(account=self.officer, community=self.community)


@dataclass
class World:
    """Both communities with everything in them, and the actors who knock at every door."""

    cast: Cast
    sides: dict[str, Side]
    workday: WorkdayException
    actors: dict[str, Account | None] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def _side(
    sign: str, *, desk: Actor, head: Actor, community: Community, grid: Grid, resident: Account,
    officer: Account, building: Building, phone: str, id_number: str,
) -> Side:  # fmt: skip
    """Everything of one side; `sign` tells its canaries from those of the others."""
    person, mate = _people(sign, by=desk, grid=grid, account=resident, phone=phone,
                           id_number=id_number)  # fmt: skip
    unit = UnitFactory(community=community, building=building, name="9单元")
    dwelling = DwellingFactory(community=community, unit=unit, room="901")
    move_in(person, dwelling, by=desk, now=NOW, since=date(2026, 1, 1))
    resident_actor = actor_of(resident, community, now=NOW, person_id=person.pk)
    place = add_place(by=desk, now=NOW, name=f"亭子{sign}", kind="square", grid=grid)
    firm = found_organisation(by=desk, now=NOW, name=f"商行{sign}", kind="shop")
    demand, photo = _named(sign, by=resident_actor, person=person, building=building, desk=desk)
    companion = receive_demand(Said(words="同一盏灯", building=building), by=desk, now=NOW)
    _joint(sign, demand, companion, desk=desk, head=head, officer=officer, firm=firm)
    _hidden(sign, by=resident_actor, desk=desk, person=person, building=building)
    _visit(sign, desk=desk, person=person)
    confirmation = _answered(sign, desk=desk, person=person, building=building, officer=officer)
    _wechat(sign, community, resident)
    roll = preview_roll(f"姓名\n名册{sign}\n".encode(), f"{sign}.csv", by=desk, now=NOW)
    program, program_token = _program(sign, by=head)
    walker = actor_of(officer, community, now=NOW)
    note_visit(dwelling, by=walker, outcome=Outcome.NOBODY_HOME, note=f"门注{sign}", now=NOW)
    wish_for_visit(dwelling, by=desk, words=f"望语{sign}", now=NOW)
    _order(sign, by=actor_of_program(program))
    gathering = plan_gathering(
        "meeting", Plan(f"聚会{sign}", NOW, NOW + timedelta(hours=1)), by=walker, now=NOW
    )
    invite_to(gathering, [person], by=walker, now=NOW)
    return Side(
        point=_hall(sign, person, desk=desk, head=head),
        gathering=gathering, attendance=Attendance.objects.get(gathering=gathering),
        agenda_item=add_item(gathering, title="路灯", by=walker, now=NOW),
        gathering_paper=add_paper(
            gathering, title="图纸", content=_picture().content, is_public=False, by=walker, now=NOW
        ),
        program=program, program_token=program_token,
        calendar=give_calendar_address(
            by=actor_of(officer, community, now=NOW), now=NOW
        ).secret,
        sign=sign, community=community, grid=grid, resident=resident, officer=officer,
        person=person, mate=mate, unjoined=_unjoined(sign, by=desk, community=community, grid=grid), building=building, unit=unit, dwelling=dwelling, place=place,
        affiliation=affiliate(person, firm, by=desk, now=NOW),
        merge=_merged(sign, by=desk, grid=grid), roll=roll,
        body_merge=merge_organisations(
            firm, found_organisation(by=desk, now=NOW, name=f"商行{sign}旧", kind="shop"), by=desk,
            now=NOW,
        ),
        taken_in=ImportedFile.objects.create(
            community=community,
            name=f"来件{sign}二.csv",
            system="matrix",
            first_read_at=NOW,
            taken_in_at=NOW,
            mapping=known_maps()[-1].as_json(),
        ),
        upload=keep_upload(f"a,b\n1,{sign}\n".encode(), f"来件{sign}.csv", by=desk, now=NOW),
        demand=demand, photo=photo, companion=companion,
        offer=Offer.objects.get(demand=companion), share=Share.objects.get(demand=demand),
        sending=Sending.objects.get(demand=demand),
        template=keep_template(
            None, by=head, name=f"模板{sign}", words="{称呼}您好", category=None, now=NOW
        ),
        text_template=_template(sign, community),
        confirmation=confirmation, story=_shown(confirmation.demand, desk=desk),
        pack=make_pack(by=desk, now=NOW),
        visit=_visit(sign, desk=desk, person=person), visit_kind=VisitKind.objects.all()[0],
        message=_message(sign, community, way=Way.IN_APP, account=resident, state=State.SENT,
                         body=f"信文{sign}"),
        task=_message(sign, community, way=Way.CALL, carrier=officer, state=State.TASK,
                      body=f"口信{sign}"),
        failed=_message(sign, community, way=Way.SMS, account=resident, state=State.FAILED,
                        body=f"信文{sign}"),
        hand_over=_hand_over(sign, officer=walker, desk=desk),
        handed=_handed(sign, demand, desk=desk),
        sheet=_sheet(sign, desk=desk, community=community),
        sent=send_in((_picture(),), community=community, by=Actor(community.pk), now=NOW),
        **_classroom(sign, desk=desk, person=person),
        suggestion=bring_idea(
            Said(words=f"点子{sign}", contact_name=f"献者{sign}"), by=desk.by(Channel.PHONE), now=NOW
        ),
        statement=_statement(sign, desk=desk),
        series=_series(sign, by=walker),
        minute_point=_minute_point(sign, gathering, by=walker),
        sound=add_recording(
            gathering, BytesIO(b"ID3" + bytes(20)), 23, community=community, by=walker, now=NOW
        ),
        download=_download(desk, community),
        card=print_personal_card(resident, by=desk, now=NOW),
        invitation=invite(officer, by=head, now=NOW),
        short_code=print_code(building, by=desk, now=NOW).code,
        phone=phone, id_number=id_number,
    )  # fmt: skip


def _series(sign: str, *, by: Actor) -> Series:
    """What comes every month, entered by the officer; its gatherings are told to nobody."""
    return start_series(
        SeriesPlan("meeting", f"月会{sign}", time(19), time(20), day=20), by=by, now=NOW
    )


def _minute_point(sign: str, gathering: Gathering, *, by: Actor) -> MinutePoint:
    """A point of the minutes that waits to become something."""
    write_points(gathering, f"要点{sign}", by=by, now=NOW)
    return MinutePoint.objects.get(gathering=gathering)


def _people(
    sign: str, *, by: Actor, grid: Grid, account: Account, phone: str, id_number: str
) -> tuple[Person, Person]:
    """The resident of a side with everything sensitive, and somebody else."""
    person = Person.objects.filter(account=account).first()
    values = {"name": f"金雀{sign}", "grid_id": grid.pk, "phone": phone, "id_number": id_number}
    if person is None:
        person = register_person(by=by, now=NOW, **values)
        person.account = account
    for name, value in values.items():
        setattr(person, name, value)
    person.save()
    index_words([person])
    return person, register_person(by=by, now=NOW, name=f"金雀{sign}友", grid_id=grid.pk)


def _unjoined(sign: str, *, by: Actor, community: Community, grid: Grid) -> Person:
    number = f"1361111000{'甲乙丙'.index(sign)}"
    account = AccountFactory(login_name=None, display_name=f"手机{sign}", phone=number)
    MembershipFactory(community=community, account=account, role=Role.RESIDENT)
    return register_person(by=by, now=NOW, name=f"金雀{sign}话", grid_id=grid.pk, phone=number)


def _named(
    sign: str, *, by: Actor, person: Person, building: Building, desk: Actor
) -> tuple[Demand, NeedPhoto]:
    """A demand with the asker's name, a photo and an internal note."""
    demand = receive_demand(
        Said(words=f"{SOUGHT}灯 明言{sign}", person=person, building=building), by=by, now=NOW
    )
    note_on(demand, by=desk, words=f"内注{sign}", now=NOW)
    photo = add_photo(demand.need, _picture(), moment=PhotoMoment.BEFORE, now=NOW)
    return demand, photo


def _joint(
    sign: str, demand: Demand, companion: Demand, *, desk: Actor, head: Actor, officer: Account,
    firm: Organisation,
) -> None:  # fmt: skip
    """Work of several: a colleague helps, a unit outside is asked, a demand is offered."""
    clerk = Account.objects.get(pk=desk.account_id)
    ask_help(
        demand, helper=clerk, asked=f"会办{sign}", due_at=NOW + timedelta(days=1), by=head, now=NOW
    )
    send_out(
        demand, to=firm, asked="看看", letter=f"函号{sign}", back_by=NOW + timedelta(days=1),
        by=head, now=NOW,
    )  # fmt: skip
    assign_demand(companion, to=clerk, by=head, why="在值班", now=NOW)
    offer_demand(companion, to=officer, by=desk, why=f"转因{sign}", now=NOW)


def _hidden(sign: str, *, by: Actor, desk: Actor, person: Person, building: Building) -> None:
    """Needs that few may read: confidential, sealed, and one whose asker stays unnamed."""
    receive_demand(
        Said(
            words=f"{SOUGHT} 密言{sign}", person=person, building=building,
            visibility=Visibility.CONFIDENTIAL,
        ),
        by=by, now=NOW,
    )  # fmt: skip
    sealed = open_need(
        Said(words=f"{SOUGHT} 封言{sign}", person=person, building=building),
        by=by,
        room="mediation",
        now=NOW,
    )
    Need.objects.filter(pk=sealed.pk).update(is_sealed=True)
    unnamed = register_person(by=desk, now=NOW, name=f"匿者{sign}")
    receive_demand(
        Said(
            words=f"{SOUGHT} 无名{sign}", person=unnamed, building=building,
            visibility=Visibility.ANONYMOUS,
        ),
        by=desk.by(Channel.PHONE, on_behalf_of=unnamed.pk), now=NOW,
    )  # fmt: skip


def _hall(sign: str, person: Person, *, desk: Actor, head: Actor) -> Point:
    """A matter that was decided in a meeting and hangs out, with somebody's objection."""
    rule = set_rule(
        RuleValues(
            f"议事会{sign}", NOW.date(), "named", 0, 1, False, 1, 2, True, "cast", 0, 7, 0, "章程",
            "rule",
        ),
        by=head, now=NOW,
    )  # fmt: skip
    meeting = call_meeting(
        Plan(f"开会{sign}", NOW, NOW + timedelta(hours=1)), rule=rule, by=desk, now=NOW
    )
    matter = propose(title=f"议题{sign}", words="", origin="committee", by=desk, now=NOW)
    screen(matter, is_admitted=True, reason="可以", by=desk, now=NOW)
    point = put_on_agenda(matter, meeting, draft="装灯", by=desk, now=NOW)
    invite_to(meeting.gathering, [person], by=desk, now=NOW)
    freeze_meeting(meeting, by=desk, now=NOW)
    sign_in(meeting.gathering, person, by=desk, now=NOW)
    decide_by_hands(point, Count(1, 0, 0), by=desk, now=NOW)
    publication = publish_matter(matter, by=desk, now=NOW)
    task = Task.objects.create(
        community=matter.community, matter=matter, what=f"买灯{sign}", owner_id=desk.account_id,
        due_at=NOW, done_at=NOW,
    )  # fmt: skip
    TaskPhoto.objects.create(
        community=matter.community, task=task, code=f"t{matter.pk}", width=1, height=1,
        file=ContentFile(_picture().content, "t.jpg"), thumb=ContentFile(_picture().thumb, "s.jpg"),
    )  # fmt: skip
    object_to(publication, words="太亮", contact=f"议联{sign}", person=person, by=desk, now=NOW)
    return point


def _program(sign: str, *, by: Actor) -> tuple[ApiClient, str]:
    return connect_program(
        name=f"平台{sign}", contact="街道 信息科", scopes=list(Scope),
        expires_at=NOW + timedelta(days=30), by=by, now=NOW,
    )  # fmt: skip


def _order(sign: str, *, by: Actor) -> None:
    """A work order of each side's program; the first of a community has the number HX-1."""
    count = WorkOrder.objects.count() + 1
    said = Ordered(
        system="hotline12345", number=f"HX-{count}", words=f"{SOUGHT} 令言{sign}", sent_at=NOW,
        contact_name=f"金雀{sign}", outer_by=NOW + timedelta(days=3),
    )  # fmt: skip
    take_in_order(said, by=by, now=NOW)


def _visit(sign: str, *, desk: Actor, person: Person) -> Visit:
    return record_visit(
        by=desk.by(Channel.WALK_IN, on_behalf_of=person.pk), reason=VisitReason.CHAT,
        person=person, note=f"访注{sign}", now=NOW,
    )  # fmt: skip


def _answered(
    sign: str, *, desk: Actor, person: Person, building: Building, officer: Account
) -> Confirmation:
    """An answer whose asker is to be called, by somebody other than the officer who gave it."""
    demand = receive_demand(
        Said(
            words=f"{SOUGHT} 待回访", person=person, building=building,
            contact_wish=ContactWish.CALL,
        ),
        by=desk.by(Channel.PHONE, on_behalf_of=person.pk), now=NOW,
    )  # fmt: skip
    handler = actor_of(officer, person.community, now=NOW)
    answer_demand(demand, by=handler, words="修好了", now=NOW)
    Confirmation.objects.filter(demand=demand).update(call_from=NOW - timedelta(hours=1))
    return Confirmation.objects.get(demand=demand)


def _merged(sign: str, *, by: Actor, grid: Grid) -> Merge:
    one, two = (
        register_person(by=by, now=NOW, name=f"金雀{sign}并", grid_id=grid.pk) for _time in "12"
    )
    return merge_persons(one, two, by=by, now=NOW)


def _wechat(sign: str, community: Community, resident: Account) -> None:
    """The service account, by which nothing is sent here, and the WeChat of the resident."""
    ServiceAccount.objects.get_or_create(
        community=community,
        defaults={
            "app_id": f"wx{community.slug}", "app_secret": f"暗号{sign}",
            "callback_token": f"暗号{sign}", "domain_code": f"domain{community.slug}",
        },
    )  # fmt: skip
    WeChatLink.objects.create(
        community=community, account=resident, open_id=f"暗号{sign}",
        open_id_index=index_of_open_id(community.pk, f"暗号{sign}"), linked_at=NOW,
    )  # fmt: skip


def _template(sign: str, community: Community) -> TextTemplate:
    return TextTemplate.objects.create(
        community=community, topic=f"matrix-{sign}", approval_id=f"SMS_{sign}", text="${subject}"
    )


def _message(sign: str, community: Community, *, body: str, **values: Any) -> Message:
    number = Message.objects.count()
    return Message.objects.create(
        community=community, created_at=NOW, topic="demand.answered", recipient_kind="person",
        recipient_id=number, subject="回复", body=body, key=f"matrix-{sign}-{number}", due_at=NOW,
        **values,
    )  # fmt: skip


def _hand_over(sign: str, *, officer: Actor, desk: Actor) -> HandOver:
    """A round that waits for the worker's yes."""
    return propose_hand_over(
        Membership.objects.get(account=officer.account_id, community=officer.community_id),
        deputy=Account.objects.get(pk=desk.account_id), since=NOW, until=NOW + timedelta(days=2),
        notes=f"交话{sign}", by=officer, now=NOW,
    )  # fmt: skip


def _classroom(sign: str, *, desk: Actor, person: Person) -> dict[str, Any]:
    """A lesson whose quiz is open, with a draw, its kit online, and a fraud stopped out of it."""
    text = replace(shipped_kits()["police"], script="图：map.jpg")
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("kit.toml", kit_as_toml(text))
        archive.writestr("pictures/map.jpg", _picture().content)
    kit = take_in_kit(packed.getvalue(), by=desk, now=NOW)
    plan = Plan("防骗课", NOW, NOW + timedelta(minutes=40))
    lesson = plan_lesson(plan, kit=kit, site="compound", by=desk, now=NOW)
    open_quiz(lesson, by=desk, now=NOW)
    tell_stopped(
        day=NOW.date(), trick="police", amount_yuan=Decimal(100), stopper="themselves",
        how=f"拦语{sign}", person=person, lesson=lesson, by=desk, now=NOW,
    )  # fmt: skip
    return {
        "lesson": lesson,
        "online": put_online(kit, film="", by=desk, now=NOW),
        "prize_draw": list_entrants(
            lesson, entrants="甲\n乙", prizes=1, source="福彩3D", source_day=NOW.date(), by=desk,
            now=NOW - timedelta(days=1),
        ),
        "kit_picture": KitPicture.objects.get(kit=kit),
    }  # fmt: skip


def _statement(sign: str, *, desk: Actor) -> Statement:
    """One that somebody added to a topic, and nobody has looked at."""
    topic = open_topic(
        question="车位怎么分", statements=["摇号"], last_day=(NOW + timedelta(days=9)).date(),
        by=desk, now=NOW,
    )  # fmt: skip
    held: Statement = Statement.objects.create(
        community_id=desk.community_id, topic=topic, words=f"观点{sign}", state=StatementState.HELD
    )
    return held


def _sheet(sign: str, *, desk: Actor, community: Community) -> Reading:
    """A slip that was photographed and read, and waits for the desk's look."""
    (printed,) = print_sheets(use_of("DEMAND"), count=1, by=desk, now=NOW)
    content = _picture().content
    (scan,) = take_in([Incoming(content, is_pdf=False)], community=community, by=desk, now=NOW)
    form = printed.version.form
    said = {"words": f"单言{sign}", "name": f"金雀{sign}"}
    page = ReadPage(
        code=SheetCode(form.code, form.version, 1, printed.serial), trouble="", sheet=content,
        is_flat=False, of=1, fields=tuple(
            ReadField(one.name, (said.get(one.name, ""),), said.get(one.name, ""), 0.5, False, False)
            for one in form.fields
        ),
    )  # fmt: skip
    keep_page(scan, page, now=NOW)
    return Reading.objects.get(scan=scan)


def _handed(sign: str, demand: Demand, *, desk: Actor) -> Handed:
    """A slip as somebody got it; what stands in it is not for any page."""
    return Handed.objects.create(
        community_id=desk.community_id, kind="slip", title=f"回执{sign}",
        record_kind="reception.demand", record_id=demand.pk,
        pdf=b64encode(f"%PDF 密件{sign}".encode()).decode(), content_digest=sign, printed_at=NOW,
        printed_by_id=desk.account_id,
    )  # fmt: skip


def _download(desk: Actor, community: Community) -> Download:
    """A file that lies ready for the worker who asked for it."""
    asked = ask_for(
        listing_of("reception.visits"), typed="", format_="csv", purpose="季报",
        community=community, by=desk, now=NOW,
    )  # fmt: skip
    make(asked, community=community, now=NOW)
    return asked


def _picture() -> CleanPhoto:
    content = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(content, "JPEG")
    return clean_photo(content.getvalue(), max_bytes=100_000)


def _shown(demand: Demand, *, desk: Actor) -> Story:
    """An answered demand as the street reads it."""
    return show_story(
        Demand.objects.get(pk=demand.pk), by=desk, words="楼下灯不亮", answer="修好了", now=NOW
    )  # fmt: skip


def make_world(cast: Cast) -> World:
    """Fill both communities. Accounts of every role stand ready in `actors`."""
    actors, resident_2 = _actors(cast)
    sides = {}
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        shared = {"desk": cast.chen.actor, "head": cast.zhou.actor, "community": cast.xinjie}
        sides[OWN] = _side(
            "甲", **shared, grid=cast.grid_1, resident=cast.yong.account,
            officer=cast.sun.account, building=cast.building_12, phone="13811110001",
            id_number="110101199003072113",
        )  # fmt: skip
        sides[OTHER] = _side(
            "乙", **shared, grid=cast.grid_2, resident=resident_2, officer=cast.wu.account,
            building=cast.building_20, phone="13811110002", id_number="110101199003072236",
        )  # fmt: skip
        workday = add_workday_exception(
            date(2026, 11, 29), is_workday=True, source="镇里通知", by=cast.installer.actor,
            now=NOW,
        )  # fmt: skip
    with in_community(cast.linli):
        open_reception(by=system(cast.linli.pk), now=NOW)
        head, officer = actors["neighbour_head"], actors["neighbour_officer"]
        sides[NEIGHBOUR] = _side(
            "丙", desk=cast.li.actor, head=actor_of(head, cast.linli, now=NOW),
            community=cast.linli, grid=cast.grid_linli, resident=cast.gu.account,
            officer=officer, building=BuildingFactory(community=cast.linli, grid=cast.grid_linli),
            phone="13811110003", id_number="110101199003072359",
        )  # fmt: skip
    for side in sides.values():
        with in_community(side.community):
            _votes(side)
    _surveys(cast.xinjie, [sides[OWN], sides[OTHER]], desk=cast.chen.actor, head=cast.zhou.actor)
    _surveys(
        cast.linli, [sides[NEIGHBOUR]], desk=cast.li.actor,
        head=actor_of(actors["neighbour_head"], cast.linli, now=NOW),
    )  # fmt: skip
    _seasons(
        cast.xinjie, [sides[OWN], sides[OTHER]], head=cast.zhou.actor,
        screeners=[cast.zhou.account, cast.chen.account],
    )  # fmt: skip
    _seasons(
        cast.linli, [sides[NEIGHBOUR]],
        head=actor_of(actors["neighbour_head"], cast.linli, now=NOW),
        screeners=[actors["neighbour_head"], cast.li.account],
    )  # fmt: skip
    _workshops([sides[OWN], sides[OTHER]], head=cast.zhou.actor, carrier=actors["carrier"])
    neighbour_head = actor_of(actors["neighbour_head"], cast.linli, now=NOW)
    _workshops([sides[NEIGHBOUR]], head=neighbour_head, carrier=actors["neighbour_officer"])
    for room in ROOMS:
        if fill := getattr(room, "fill", None):
            with in_community(cast.xinjie):
                fill(
                    cast.xinjie, [sides[OWN], sides[OTHER]], head=cast.zhou.actor,
                    desk=cast.chen.actor, actors=actors,
                )  # fmt: skip
            with in_community(cast.linli):
                fill(
                    cast.linli, [sides[NEIGHBOUR]], head=neighbour_head, desk=cast.li.actor,
                    actors=actors,
                )  # fmt: skip
    tokens = {
        "program": sides[OWN].program_token, "neighbour_program": sides[NEIGHBOUR].program_token,
    }  # fmt: skip
    actors |= dict.fromkeys(tokens)
    return World(cast=cast, sides=sides, workday=workday, actors=actors, tokens=tokens)


def _votes(side: Side) -> None:
    """A vote whose roll is frozen, with its resident on it, and one on paper that is published."""
    readers = [_account(side.community, Role.ELECTION_COMMITTEE) for _one in "ab"]
    by, other = (actor_of(one, side.community, now=NOW) for one in readers)
    observer = actor_of(_account(side.community, Role.OBSERVER), side.community, now=NOW)
    person = person_of_account(side.resident.pk)
    long_ago = NOW - timedelta(days=9)
    terms = Terms(
        title=f"表决{side.sign}", options=(("1", "一"), ("2", "二")),
        constituencies=(("all", "居民", "在册"),), max_choices=1, opens_at=long_ago,
        closes_at=NOW - timedelta(days=8), rule="多数", is_online=False,
    )  # fmt: skip

    def begun(terms: Terms) -> Election:
        election = draft_election(terms, by=by, now=long_ago)
        return put_on_roll(election, {"all": [person.pk]}, by=by, now=long_ago)

    over = begun(terms)
    freeze_roll(over, by=by, now=long_ago)
    open_election(over, by=by, now=long_ago)
    over = seal_urn(over, by=by, now=NOW)
    # Nobody has taken a ballot here, so nobody can be drawn.
    side.roll_check = RollCheck.objects.create(
        community=side.community, election=over, entry=RollEntry.objects.get(election=over)
    )
    group = over.constituencies.get()
    note_box(group, printed=1, cancelled=0, not_returned=0, in_box=1, by=by, now=NOW)
    sheet = Sheet.objects.get(constituency=group)
    what = seen(group, choices=["1"], is_unclear=False)
    for reader in (by, other):
        read_sheet(sheet, what, by=reader, now=NOW)
    draw_sample(over, number="7", by=observer, now=NOW)
    count_by_hand(Sheet.objects.get(pk=sheet.pk), what, by=observer, now=NOW)
    explain_box(group, words="矩阵", by=by, now=NOW)
    side.election_over = publish(over, by=by, now=NOW)
    side.ballot_pictures = [
        SheetPicture.objects.create(
            community=side.community, constituency=group, sheet=one, matter=matter,
            picture=ContentFile(
                keys.shut_file(over.pk, PICTURES, _picture().content), "ballot"
            ),
        )
        for one, matter in ((sheet, ""), (None, Matter.NOTHING))
    ]  # fmt: skip
    side.complaint = complain(over, words="矩阵", by=by, now=NOW)
    ahead = begun(replace(terms, opens_at=NOW, closes_at=NOW + timedelta(days=1)))
    ahead = post_roll(ahead, by=by, now=NOW)
    side.objection = object_to_roll(ahead, person=person, words="写错了", by=by, now=NOW)
    answer_objection(side.objection, answer="改好了", by=by, now=NOW)
    side.election = freeze_roll(ahead, by=by, now=NOW)
    side.roll_entry, side.ballot_sheet = RollEntry.objects.get(election=ahead), sheet


def _seasons(
    community: Community, sides: list[Side], *, head: Actor, screeners: list[Account]
) -> None:
    """A double five that collects, with an idea of each side from somebody who passed by."""
    with in_community(community):
        season = open_season(
            2026, collects_until=NOW.date(), criteria=["公共的"], appeal_days=5, by=head, now=NOW
        )
        name_screeners(season, screeners, by=head, now=NOW)
        for side in sides:
            public = Public(title="装路灯", site="南门", gains="", cost_yuan=None)
            side.idea = offer_idea(
                public, words=f"点话{side.sign}", by=Actor(community.pk), now=NOW
            )
        for number, side in enumerate(sides):
            _roll(season, side, number)
        _carried(community, sides, head=head, owner=screeners[-1])


def _roll(season: Season, side: Side, number: int) -> None:
    """What the roll and the vote of a season are about; how it comes to be is tried elsewhere."""
    whose = {"community_id": season.community_id, "season": season}
    side.roll_rule = RollRule.objects.create(
        position=number, code=f"g{number}", title="居民", words="在册", **whose
    )
    side.season_vote = SeasonVote.objects.create(
        election=side.election, method="floor-equal", lot_source="摇号", **whose
    )
    side.representative = Representative.objects.create(
        community_id=season.community_id, person=person_of_account(side.resident.pk),
        put_forward_by="邻居", chosen_how="举手", since=NOW.date(), until=NOW.date(),
    )  # fmt: skip


def _carried(community: Community, sides: list[Side], *, head: Actor, owner: Account) -> None:
    """Last year's five, carried out and being appraised, and those of the year before, appraised."""
    day = timedelta(days=1)
    before, year = (
        Season.objects.create(
            community=community, year=number, stage="carry_out", collects_until=NOW.date()
        )
        for number in (2024, 2025)
    )
    Appraisal.objects.create(
        community=community, season=before, first_day=NOW.date(), last_day=NOW.date(),
        published_at=NOW, report={
            "roll": 20, "answered": 0, "rate": "0.0", "least": 10, "groups": [], "ways": {},
            "box": {"in": 0, "typed": 0}, "projects": [],
        },
    )  # fmt: skip
    for place, side in enumerate(sides, start=1):
        by = actor_of(owner, community, now=NOW)
        ideas = [
            Idea.objects.create(
                community=community, season=year, number=2 * place + more, title="装长椅",
                offered_at=NOW, state="passed",
            )
            for more in range(2)
        ]  # fmt: skip
        begun, side.chosen = (
            Chosen.objects.create(
                community=community, season=year, idea=idea, place=place + more, chosen_at=NOW
            )
            for idea, more in zip(ideas, (0, 10), strict=True)
        )
        side.project = begin_project(
            begun, owner=owner, promise="十把", budget_yuan=Decimal(1), by=head, now=NOW
        )
        side.milestone = set_milestone(
            side.project, "定位置", due_on=(NOW + day).date(), by=by, now=NOW
        )
        side.comment = comment(side.project, f"留言{side.sign}", by=Actor(community.pk), now=NOW)
        (side.picture,) = keep_pictures(
            side.idea, [CleanPhoto(b"jpeg", b"jpeg", 1, 1)], moment=Moment.IDEA, now=NOW,
            is_public=False,
        )  # fmt: skip
    rule = RollRule.objects.create(
        community=community, season=year, position=0, code="local", title="居民", words="在册"
    )
    for side in sides:
        Placing.objects.create(
            community=community, season=year, person=side.person, rule=rule, reason="住在这里",
            placed_on=NOW.date(),
        )  # fmt: skip
    appraisal = open_appraisal(year, last_day=(NOW + day).date(), by=head, now=NOW)
    for side in sides:
        side.appraiser = Appraiser.objects.get(appraisal=appraisal, person=side.person)


def _surveys(community: Community, sides: list[Side], *, desk: Actor, head: Actor) -> None:
    """Last year's survey, published with a remark of each side, and this year's, open."""
    long_ago, until = NOW - timedelta(days=40), (NOW - timedelta(days=20)).date()
    with in_community(community):
        for number in range(12):
            home = DwellingFactory(community=community, unit=sides[0].unit, room=f"{number:02}")
            neighbour = PersonFactory(community=community, name="街坊")
            ResidenceFactory(community=community, person=neighbour, dwelling=home)
        over = draft_survey(2025, by=head, now=long_ago)
        open_survey(over, method="all", last_day=until, by=head, now=long_ago)
        wishes = {side.dwelling.pk: f"愿望{side.sign}" for side in sides}
        faces = dict.fromkeys(over.questions.values_list("pk", flat=True), 5)
        for household in over.sampled.select_related("survey__standard"):
            said = Answers(faces, wishes.get(household.dwelling_id, ""))
            type_paper(household, said, by=desk, now=long_ago)
        close_survey(over, by=head, now=NOW)
        publish_survey(over, by=head, now=NOW)
        now_open = draft_survey(2026, by=head, now=NOW)
        open_survey(
            now_open, method="all", last_day=(NOW + timedelta(days=20)).date(), by=head, now=NOW
        )
        for side in sides:
            side.survey, side.survey_over = now_open, over
            side.sampled = Sampled.objects.get(survey=now_open, dwelling=side.dwelling)
            side.letter = code_of(side.sampled)


def _workshops(sides: list[Side], *, head: Actor, carrier: Account) -> None:
    """An order of each side with lots, one at its person's home, in the statement of a month."""
    with in_community(sides[0].community):
        # A month of its own for each side: a month's page names everybody who was paid in it.
        for number, side in reversed(list(enumerate(sides))):
            then = NOW - timedelta(days=40 + 30 * number)
            side.shop = _shop(side, head=head, then=then, carrier=carrier)
            side.shop["month"] = close_month(then.date(), by=head, now=NOW)
            found = StatementOfPay.objects.get(worker=side.shop["worker"])
            words = f"异议{side.sign}"
            side.shop["pay"] = do_to_statement(
                found, PayDeed.DISPUTE, words=words, by=head, now=NOW
            )


def _shop(side: Side, *, head: Actor, then: datetime, carrier: Account) -> dict[str, Any]:
    work = add_operation(name=f"工序{side.sign}", seconds=60, skill="锁边", by=head, now=then)
    set_rate(work, yuan=Decimal("0.5"), since=then.date(), source="会议", by=head, now=then)
    worker = take_on(side.person, minutes_wished=600, by=head, now=then)
    order = take_order(
        OrderTerms(
            customer=Organisation.objects.get(name=f"商行{side.sign}"), product="围裙",
            operation=work, quantity=40, due=(NOW + timedelta(days=30)).date(), price=Decimal(1),
            specification=f"规格{side.sign}",
        ),
        pictures=[_picture()], by=head, now=then,
    )  # fmt: skip
    agree_on_order(order, by=head, now=then)
    bring_in(order, quantity=Decimal(40), by=head, now=then)
    split_order(order, quantity=40, size=20, by=head, now=then)
    out, free = Lot.objects.filter(order=order).order_by("number")
    issue(out, worker, quantity=20, by=head, now=then)
    receipt = give_back(out, worker, counted=10, is_agreed=True, by=head, now=then)
    judge(
        receipt, Verdict(accepted=8, scrap=2, cause=Cause.WORK), photo=_picture(), by=head, now=then
    )
    waiting = give_back(out, worker, counted=4, by=head, now=NOW)
    errand = Errand(StopKind.FETCH, out, worker, 6)
    carrying = plan_round([errand], carrier=carrier, day=NOW.date(), by=head, now=NOW)
    return {
        "order": order, "lot": out, "worker": worker, "receipt": waiting, "carrying": carrying,
        "movement": Movement.objects.get(receipt=receipt, target="scrap"),
        "deposit": receive_deposit(order, DepositSum(Decimal(5)), by=head, now=then),
        "picture": order.pictures.get(), "stop": carrying.stops.get(),
        "question": ask_about(out, worker, words=f"针问{side.sign}", by=head, now=NOW),
        "plan": LotPlan.objects.create(
            community=side.community, asked_at=NOW, done_at=NOW, state="done"
        ),
        "offer": offer_lot(free, worker, by=head, now=NOW),
        "wish": ask_for_work(worker, kind="more", by=head, now=NOW),
        "book": preview_orders(
            "客户,产品,工序,数量,交期,单价\n甲,围裙,锁边,1,2026-12-30,1\n".encode(), "订单.csv",
            by=head, now=NOW,
        ),
    }  # fmt: skip


def _actors(cast: Cast) -> tuple[dict[str, Account | None], Account]:
    """One account for each role there is, beside those that stand at the edges."""
    known = {
        Role.RESIDENT: cast.yong, Role.GRID_OFFICER: cast.sun, Role.HEAD: cast.zhou,
        Role.COMMUNITY_WORKER: cast.chen, Role.CHILDCARE_LEAD: cast.shen, Role.MEDIATOR: cast.xu,
        Role.AUDITOR: cast.auditor, Role.STREET_OVERSEER: cast.street,
        Role.INSTALLER: cast.installer,
    }  # fmt: skip
    actors: dict[str, Account | None] = {"anonymous": None}
    for role in Role:
        member = known.get(role)
        actors[role.value] = member.account if member else _account(cast.xinjie, role)
    resident_2 = _account(cast.xinjie, Role.RESIDENT, login_name=None, phone="13700000002")
    actors |= {
        "officer_2": cast.wu.account,
        "resident_2": resident_2,
        "ended": _account(cast.xinjie, Role.HEAD, until=NOW - timedelta(days=1)),
        "half": cast.chen.account,  # the password was right; the second factor is still owed
        "neighbour_worker": cast.li.account,
        "neighbour_resident": cast.gu.account,
        "neighbour_head": _account(cast.linli, Role.HEAD),
        "neighbour_officer": _account(cast.linli, Role.GRID_OFFICER, grid=cast.grid_linli),
    }
    return actors, resident_2


def _account(
    community: Community, role: Role, grid: Grid | None = None, until: Any = None, **values: Any
) -> Account:
    account: Account = AccountFactory(display_name=f"扮{role.value}", **values)
    MembershipFactory(community=community, account=account, role=role, grid=grid, until=until)
    return account


# ── the arguments of addresses ───────────────────────────────────────────────────────────────

#: kind of thing → arguments of the address of one side's thing.
KWARGS: dict[str, Callable[[World, Side], dict[str, Any]]] = {
    "workshop order": lambda _world, side: {"pk": side.shop["order"].pk},
    "order deed": lambda _world, side: {"pk": side.shop["order"].pk, "deed": "item"},
    "deposit line": lambda _world, side: {"pk": side.shop["deposit"].pk},
    "order picture": lambda _world, side: {"code": side.shop["picture"].code},
    "order book": lambda _world, side: {"pk": side.shop["book"].pk},
    "lot": lambda _world, side: {"pk": side.shop["lot"].pk},
    "lot deed": lambda _world, side: {"pk": side.shop["lot"].pk, "deed": "issue"},
    "lot code": lambda _world, side: {"code": side.shop["lot"].code},
    "receipt": lambda _world, side: {"pk": side.shop["receipt"].pk},
    "lot plan": lambda _world, side: {"pk": side.shop["plan"].pk},
    "lot question": lambda _world, side: {"pk": side.shop["question"].pk},
    "workshop customer": lambda _world, side: {"pk": side.shop["order"].customer_id},
    "movement": lambda _world, side: {"pk": side.shop["movement"].pk},
    "lot offer": lambda _world, side: {"pk": side.shop["offer"].pk},
    "worker": lambda _world, side: {"pk": side.shop["worker"].pk},
    "worker deed": lambda _world, side: {"pk": side.shop["worker"].pk, "deed": "wish"},
    "worker's money": lambda _world, side: {"pk": side.shop["worker"].pk, "deed": "advance"},
    "work wish": lambda _world, side: {"pk": side.shop["wish"].pk},
    "work deed": lambda _world, _side: {"deed": "operation"},
    "pay rule": lambda _world, _side: {"deed": "minimum"},
    "carrying": lambda _world, side: {"pk": side.shop["carrying"].pk},
    "stop": lambda _world, side: {"pk": side.shop["stop"].pk},
    "stop number": lambda _world, side: {"number": side.shop["stop"].pk},
    # both communities closed it
    "paid month": lambda world, _side: {"month": f"{world.sides[OWN].shop['month'].first:%Y-%m}"},
    "pay month": lambda _world, side: {"pk": side.shop["month"].pk},
    "pay": lambda _world, side: {"pk": side.shop["pay"].pk},
    "pay deed": lambda _world, side: {"pk": side.shop["pay"].pk, "deed": "answer"},
    "person": lambda _world, side: {"pk": side.person.pk},
    "listing": lambda _world, _side: {"name": "reception.visits"},
    "download": lambda _world, side: {"pk": side.download.pk},
    "person consent": lambda _world, side: {
        "pk": side.person.pk, "purpose": "service", "word": "yes",
    },
    "persons": lambda _world, side: {"pk": side.person.pk, "other": side.mate.pk},
    "merge": lambda _world, side: {"pk": side.merge.pk},
    "organisations": lambda _world, side: {
        "pk": side.body_merge.kept_id, "other": side.body_merge.merged_id,
    },
    "organisation merge": lambda _world, side: {"pk": side.body_merge.pk},
    "roll": lambda _world, side: {"pk": side.roll.pk},
    "organisation": lambda _world, side: {"pk": side.affiliation.organisation_id},
    "affiliation": lambda _world, side: {"pk": side.affiliation.pk},
    "consent": lambda _world, _side: {"purpose": "service", "word": "yes"},
    "building": lambda _world, side: {"pk": side.building.pk},
    "unit": lambda _world, side: {"pk": side.unit.pk},
    "place": lambda _world, side: {"pk": side.place.pk},
    "dwelling": lambda _world, side: {"pk": side.dwelling.pk},
    "hand-over": lambda _world, side: {"pk": side.hand_over.pk},
    "hand-over yes": lambda _world, side: {"pk": side.hand_over.pk, "deed": "accept"},
    "labels": lambda _world, _side: {"shape": "labels"},
    "demand": lambda _world, side: {"pk": side.demand.pk},
    "pair": lambda _world, side: {"pk": side.demand.pk, "lead": side.companion.pk},
    "offer": lambda _world, side: {"pk": side.offer.pk, "deed": "accept"},
    "share": lambda _world, side: {"pk": side.share.pk, "deed": "release"},
    "sending": lambda _world, side: {"pk": side.sending.pk, "deed": "remind"},
    "template": lambda _world, side: {"pk": side.template.pk},
    "deed": lambda _world, side: {"pk": side.demand.pk, "deed": "accept"},
    "answered": lambda _world, side: {"pk": side.confirmation.demand_id},
    "pack": lambda _world, side: {"pk": side.pack.pk},
    "shared": lambda _world, side: {"kind": "reception.story", "ref": side.story.code},
    "story": lambda _world, side: {"code": side.story.code},
    "month": lambda _world, _side: {"grid": "1", "month": "2026-11"},
    "visit": lambda _world, side: {"pk": side.visit.pk},
    "visit kind": lambda _world, side: {"pk": side.visit_kind.pk},
    "call": lambda _world, side: {"pk": side.confirmation.pk},
    "upload": lambda _world, side: {"pk": side.upload.pk},
    "taken in": lambda _world, side: {"pk": side.taken_in.pk},
    "follow": lambda _world, side: {"code": side.need.follow_code},
    "photo": lambda _world, side: {"code": side.photo.code},
    "message": lambda _world, side: {"pk": side.message.pk},
    "task": lambda _world, side: {"pk": side.task.pk},
    "failed": lambda _world, side: {"pk": side.failed.pk},
    "job": lambda _world, _side: {"job_id": "0" * 32},
    "channel": lambda _world, _side: {"way": "sms"},
    "figure": lambda _world, _side: {"name": "reception.demands"},
    "election": lambda _world, side: {"code": side.election.code},
    "election over": lambda _world, side: {"code": side.election_over.code},
    "election deed": lambda _world, side: {"code": side.election.code, "deed": "post"},
    "urn": lambda _world, side: {"slug": side.community.slug, "code": side.election.code},
    "roll check": lambda _world, side: {
        "code": side.election_over.code, "pk": side.roll_check.pk,
    },
    "objection": lambda _world, side: {"code": side.election.code, "pk": side.objection.pk},
    "complaint": lambda _world, side: {
        "code": side.election_over.code, "pk": side.complaint.pk,
    },
    "ballot box": lambda _world, side: {"code": side.election.code, "group": "all"},
    "roll entry": lambda _world, side: {
        "code": side.election.code, "pk": side.roll_entry.pk,
    },
    "opener": lambda _world, side: {"code": side.election.code, "what": "opener.py"},
    "ballot sheet": lambda _world, side: {
        "code": side.election_over.code, "pk": side.ballot_sheet.pk,
    },
    "ballot picture": lambda _world, side: {
        "code": side.election_over.code, "pk": side.ballot_pictures[0].pk,
    },
    "ballot picture waiting": lambda _world, side: {
        "code": side.election_over.code, "pk": side.ballot_pictures[1].pk,
    },
    "season": lambda _world, side: {"pk": side.idea.season_id},
    "season year": lambda _world, _side: {"year": 2026},
    "idea": lambda _world, side: {"pk": side.idea.pk},
    "roll rule": lambda _world, side: {"pk": side.roll_rule.pk},
    "season vote": lambda _world, side: {"pk": side.season_vote.pk},
    "representative": lambda _world, side: {"pk": side.representative.pk},
    "result file": lambda _world, _side: {"year": 2026, "what": "board.json"},
    "idea code": lambda _world, side: {"code": side.idea.follow_code},
    "season carried": lambda _world, side: {"pk": side.chosen.season_id},
    "carried year": lambda _world, _side: {"year": 2025},
    "appraised year": lambda _world, _side: {"year": 2024},
    "carried": lambda _world, _side: {"year": 2025, "place": 1},
    "carried said": lambda _world, _side: {"year": 2025, "place": 1, "deed": "comment"},
    "chosen": lambda _world, side: {"pk": side.chosen.pk},
    "project": lambda _world, side: {"pk": side.project.pk},
    "project finished": lambda _world, side: {"pk": side.project.pk, "deed": "finish"},
    "milestone reached": lambda _world, side: {"pk": side.milestone.pk, "deed": "reach"},
    "comment answered": lambda _world, side: {"pk": side.comment.pk, "deed": "answer"},
    "appraiser": lambda _world, side: {"pk": side.appraiser.pk},
    "picture": lambda _world, side: {"code": side.picture.code},
    "matter": lambda _world, side: {"pk": side.point.matter.pk},
    "matter published": lambda _world, side: {
        "pk": side.point.matter.pk, "deed": "publish",
    },
    "matter code": lambda _world, side: {"code": side.point.matter.code},
    "task photo": lambda _world, side: {
        "code": f"t{side.point.matter.pk}",
    },
    "matter argued": lambda _world, side: {"code": side.point.matter.code, "deed": "argue"},
    "hall meeting": lambda _world, side: {"pk": side.point.item.gathering.pk},
    "point": lambda _world, side: {"pk": side.point.pk},
    "point voted": lambda _world, side: {"pk": side.point.pk, "deed": "hands"},
    "gathering": lambda _world, side: {"pk": side.gathering.pk},
    "agenda item": lambda _world, side: {"pk": side.agenda_item.pk},
    "agenda item up": lambda _world, side: {"pk": side.agenda_item.pk, "deed": "up"},
    "attendance undone": lambda _world, side: {"pk": side.attendance.pk, "deed": "undo"},
    "gathering paper": lambda _world, side: {"code": side.gathering_paper.code},
    "door code": lambda _world, side: {"code": side.gathering.door_code},
    "notice": lambda _world, side: {"code": side.gathering.code},
    "class code": lambda _world, side: {"code": side.lesson.code},
    "prize draw": lambda _world, side: {"code": side.prize_draw.code},
    "online lesson": lambda _world, side: {"pk": side.online.pk},
    "kit picture": lambda _world, side: {"pk": side.kit_picture.pk},
    "lesson": lambda _world, side: {"pk": side.lesson.pk},
    "lesson's gathering": lambda _world, side: {"pk": side.lesson.gathering.pk},
    "deed on a lesson": lambda _world, side: {"pk": side.lesson.pk, "deed": "end"},
    "kit": lambda _world, side: {"pk": side.lesson.kit.pk},
    "kit sheet": lambda _world, side: {"pk": side.lesson.kit.pk, "part": "plan"},
    "series": lambda _world, side: {"pk": side.series.pk},
    "minute point": lambda _world, side: {"pk": side.minute_point.pk},
    "recording": lambda _world, side: {"code": side.sound.code},
    "suggestion": lambda _world, side: {"pk": side.suggestion.pk},
    "topic": lambda _world, side: {"pk": side.statement.topic_id},
    "statement": lambda _world, side: {"pk": side.statement.pk},
    "deed on an idea": lambda _world, side: {"pk": side.suggestion.pk, "deed": "answer"},
    "survey": lambda _world, side: {"pk": side.survey.pk},
    "survey over": lambda _world, side: {"pk": side.survey_over.pk},
    "survey year": lambda _world, _side: {"year": 2025},
    "sampled": lambda _world, side: {"pk": side.sampled.pk},
    "household's code": lambda _world, side: {"code": side.letter},
    "letter": lambda _world, side: {
        "slug": side.community.slug, "code": side.letter,
    },
    "short code": lambda _world, side: {"code": side.short_code},
    "card": lambda _world, side: {"code": side.card},
    "invitation": lambda _world, side: {"code": side.invitation},
    "text template": lambda _world, side: {"pk": side.text_template.pk},
    "domain file": lambda _world, side: {"code": f"domain{side.community.slug}"},
    "slug": lambda _world, side: {"slug": side.community.slug},
    "set-up": lambda _world, _side: {"token": setup_token()},
    "workday": lambda world, _side: {"pk": world.workday.pk},
    "member": lambda _world, side: {"pk": side.officer.pk},
    "unjoined": lambda _world, side: {"pk": side.unjoined.pk},
    "program": lambda _world, side: {"pk": side.program.pk},
    "number": lambda world, _side: {"number": world.sides[OWN].need.number},
    "rest": lambda _world, _side: {"rest": "nothing"},
    "form": lambda _world, _side: {"form": "xml"},
    "sheet": lambda _world, side: {"pk": side.sheet.pk},
    "handed": lambda _world, side: {"pk": side.handed.pk},
    "handed to": lambda _world, side: {"kind": "slip", "record_id": side.demand.pk},
    "letter to sign": lambda _world, side: {"kind": "consents", "pk": side.person.pk},
    "sent sheet": lambda _world, side: {"code": side.sent},
    "paper form": lambda _world, _side: {"code": "DEMAND"},
    "order": lambda _world, _side: {"system": "hotline12345", "number": "HX-1"},
    "service": lambda _world, _side: {"code": "repair.lamp", "form": "json"},
    "request": lambda world, _side: {
        "number": world.sides[OWN].need.number, "form": "json",
    },
    "follow form": lambda world, _side: {
        "code": world.sides[OWN].need.follow_code, "form": "json",
    },
    "calendar": lambda _world, side: {
        "slug": side.community.slug, "secret": side.calendar,
    },
    "role": lambda _world, side: {"pk": side.membership.pk},
}  # fmt: skip

for _room in ROOMS:
    KWARGS |= getattr(_room, "KWARGS", {})
