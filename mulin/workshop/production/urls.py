"""Addresses of the workshop."""

from django.urls import path

from mulin.workshop.production.views import carrying, customers, evening, lots, mine, orders, work

app_name = "production"

urlpatterns = [
    path("", orders.orders, name="orders"),
    path("new/", orders.order_new, name="order-new"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/labels/", orders.labels, name="labels"),
    path("orders/<int:pk>/<slug:deed>/", orders.order_act, name="order-act"),
    path("pictures/<slug:code>/", orders.picture, name="picture"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/paper/", customers.customer_paper, name="customer-paper"),
    path("questions/", lots.questions, name="questions"),
    path("questions/<int:pk>/", lots.question_answer, name="question-answer"),
    path("books/", orders.imports, name="imports"),
    path("books/template/", orders.import_template, name="import-template"),
    path("books/<int:pk>/", orders.import_book, name="import"),
    path("lots/", lots.scan, name="scan"),
    path("lots/<int:pk>/", lots.lot, name="lot"),
    path("lots/<int:pk>/<slug:deed>/", lots.lot_act, name="lot-act"),
    path("receipts/<int:pk>/", lots.judge, name="judge"),
    path("receipts/<int:pk>/sample/", lots.sample, name="sample"),
    path("receipts/<int:pk>/agree/", mine.agree, name="agree"),
    path("movements/<int:pk>/picture/", lots.fault, name="fault"),
    path("movements/<int:pk>/undo/", lots.undo, name="undo"),
    path("allocation/", evening.allocate, name="allocate"),
    path("allocation/weigh/", evening.weigh, name="weigh"),
    path("allocation/ask/", evening.ask, name="plan-ask"),
    path("plans/<int:pk>/", evening.plan, name="plan"),
    path("offers/<int:pk>/", evening.offer_act, name="offer-act"),
    path("workers/", work.workers, name="workers"),
    path("workers/<int:pk>/", work.worker, name="worker"),
    path("workers/<int:pk>/<slug:deed>/", work.worker_act, name="worker-act"),
    path("wishes/<int:pk>/", work.wish_answer, name="wish-answer"),
    path("operations/", work.operations, name="operations"),
    path("operations/<slug:deed>/", work.work_act, name="work-act"),
    path("rounds/", carrying.rounds, name="rounds"),
    path("rounds/<int:pk>/", carrying.carrying, name="round"),
    path("rounds/<int:pk>/paper/", carrying.carrying_paper, name="round-paper"),
    path("stops/<int:pk>/", carrying.stop, name="stop"),
    path("mine/", mine.mine, name="mine"),
    path("mine/offers/<int:pk>/", mine.answer, name="answer"),
    path("mine/wish/", mine.wish, name="wish"),
    path("mine/home/", mine.home, name="home"),
    path("mine/lots/<int:pk>/ask/", mine.ask, name="ask"),
    path("mine/lots/<int:pk>/hours/", mine.own_hours, name="own-hours"),
    path("about/", work.about, name="about"),
]
