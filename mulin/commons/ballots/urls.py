"""Addresses of votes."""

from django.urls import path

from mulin.commons.ballots.views import board, committee, drafting, holders, pictures, voting

app_name = "ballots"

urlpatterns = [
    path("", voting.mine, name="mine"),
    path("vote/<slug:code>/", voting.vote, name="vote"),
    path("vote/<slug:code>/object/", voting.object_to, name="object"),
    path("draw/<slug:code>/", voting.draw, name="draw"),
    path("cast/<slug:slug>/<slug:code>/", voting.cast, name="cast"),
    path("practice/<slug:slug>/<slug:code>/", voting.practise, name="practice"),
    path("board/", board.boards, name="boards"),
    path("board/<slug:code>/", board.board, name="board"),
    path("board/<slug:code>/board.json", board.board_file, name="board-file"),
    path("board/<slug:code>/notice/", board.notice, name="notice"),
    path("board/<slug:code>/complain/", board.complain, name="complain"),
    path("board/<slug:code>/opener.py", board.opener_script, name="opener"),
    path("board/<slug:code>/closed/", board.certificate, name="certificate"),
    path("board/<slug:code>/closed/sheet/", board.certificate_sheet, name="certificate-sheet"),
    path("held/new/", drafting.draft, name="draft"),
    path("held/<slug:code>/print/<slug:group>/", drafting.print_sheets, name="print"),
    path("held/<slug:code>/enrol/", drafting.enrol, name="enrol"),
    path("held/<slug:code>/roll/add/", drafting.add, name="add"),
    path("held/", committee.votes, name="votes"),
    path("held/<slug:code>/", committee.held, name="held"),
    path("held/<slug:code>/do/<slug:deed>/", committee.deed, name="deed"),
    path("held/<slug:code>/key/", committee.key, name="key"),
    path("held/<slug:code>/extend/", committee.extend, name="extend"),
    path("held/<slug:code>/withdraw/", committee.withdraw, name="withdraw"),
    path("held/<slug:code>/answer/<int:pk>/", committee.answer, name="answer"),
    path("held/<slug:code>/anew/", committee.read_anew, name="anew"),
    path(
        "held/<slug:code>/complaint/<int:pk>/",
        committee.answer_complaint,
        name="answer-complaint",
    ),
    path("held/<slug:code>/box/<slug:group>/", committee.box, name="box"),
    path("held/<slug:code>/explain/<slug:group>/", committee.explain, name="explain"),
    path("held/<slug:code>/roll/", committee.roll, name="roll"),
    path("held/<slug:code>/roll/<int:pk>/paper/", committee.hand_out, name="hand-out"),
    path("held/<slug:code>/roll/<int:pk>/strike/", committee.strike, name="strike"),
    path("watched/", holders.watched, name="watched"),
    path("key/<slug:code>/", holders.holder, name="holder"),
    path("key/<slug:code>/share/", holders.confirm, name="confirm"),
    path("key/<slug:code>/word/", holders.word, name="word"),
    path("key/<slug:code>/opened/", holders.bring, name="bring"),
    path("key/<slug:code>/file/<str:what>", holders.taken_away, name="file"),
    path("observed/<slug:code>/", holders.observer, name="observer"),
    path("observed/<slug:code>/sheet/<int:pk>/", holders.decide, name="decide"),
    path("observed/<slug:code>/sample/", pictures.sample, name="sample"),
    path("sheets/<slug:code>/<slug:group>/", holders.read, name="read"),
    path("sheets/<slug:code>/<slug:group>/pictures/", pictures.take_in, name="pictures"),
    path("pictures/<slug:code>/<int:pk>/", pictures.picture, name="picture"),
    path("pictures/<slug:code>/<int:pk>/settle/", pictures.settle, name="settle"),
]
