"""Pages of messages: my inbox, what is to be told in person, what was sent and what failed."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import (
    Request,
    opened_to,
    public,
    signed_in,
    with_own_key,
)
from mulin.ground.community.models import Community
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.notify import actions
from mulin.ground.notify.actions import wechat
from mulin.ground.notify.actions.receipts import hear_gateway
from mulin.ground.notify.actions.wechat import NotYet
from mulin.ground.notify.addresses import names_of
from mulin.ground.notify.channels.sms import told_by_gateway
from mulin.ground.notify.channels.wechat_calls import MOST_BYTES, NotOfWeChat, check, event_in
from mulin.ground.notify.forms import (
    ChannelForm,
    ServiceAccountForm,
    TextChannelForm,
    TextTemplateForm,
    ToldForm,
)
from mulin.ground.notify.models import Message, ServiceAccount, TextTemplate, Way
from mulin.ground.notify.permissions import DELIVERY_ROLES
from mulin.ground.notify.queries import (
    channel_of,
    channels,
    deliveries_since,
    failed,
    failed_jobs,
    filled_columns,
    late_since,
    sweeps,
    targets,
    tasks_of,
    template_lines,
    wechat_state,
)
from mulin.ground.notify.rules import RECEIPT_AGE, receipt_signature
from mulin.ground.notify.sharing import Shared, shared_of, text_for_chat
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.posters import FontMissing, Poster, fonts, png
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community

#: How far back the page of deliveries counts, and from when on a waiting message is a worry.
COUNTED = timedelta(days=7)
GRACE = timedelta(minutes=5)


@with_own_key
@require_safe
def inbox(request: Request) -> HttpResponse:
    """What I was told, newest first."""
    mine = Message.objects.inbox_of(_account_id(request))
    context = {
        "page": page_of(mine, request.GET, size=20),
        "has_unread": mine.unread().exists(),
        "form": PlainForm(),
        "here": "mine",
    }
    return render(request, "notify/inbox.html", context)


@with_own_key
@require_POST
def open_message(request: Request, pk: int) -> HttpResponse:
    """Read one, and go to what it tells of."""
    mine = Message.objects.inbox_of(_account_id(request))
    message = actions.mark_read(get_object_or_404(mine, pk=pk), by=request.actor, now=request.now)
    return redirect(message.path or "notify:inbox")


@signed_in
@require_POST
def read_all(request: Request) -> HttpResponse:
    """Nothing in my inbox is new any more."""
    actions.mark_all_read(by=request.actor, now=request.now)
    return redirect("notify:inbox")


@opened_to(*HANDLER_ROLES)
@require_safe
def to_tell(request: Request) -> HttpResponse:
    """Whom I am to call or to visit."""
    return render(request, "notify/to_tell.html", _tasks(request))


@opened_to(*HANDLER_ROLES)
def task(request: Request, pk: int) -> HttpResponse:
    """One message that I carry, and the form that says it was told."""
    found = get_object_or_404(tasks_of(request.actor, request.now), pk=pk)
    form = ToldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = request.actor.by("phone" if found.way == "call" else "door")
        note, token = form.cleaned_data["note"], form.idempotency_token
        if attempt(
            form,
            lambda: actions.mark_told(found, by=by, note=note, now=request.now, token=token),
        ):
            messages.success(request, _("Told. Thank you."))
            return redirect("notify:to-tell")
    whom = (found.recipient_kind, found.recipient_id)
    shown = {"task": found, "name": names_of([whom]).get(whom, ""), "form": form}
    context = ({} if request.htmx else _tasks(request)) | shown
    return render(request, "notify/to_tell.html", context, status=422 if form.errors else 200)


@opened_to(*DELIVERY_ROLES)
@require_safe
def delivery(request: Request) -> HttpResponse:
    """What was sent and what failed, without a word of what it said."""
    stuck = late_since(request.now, grace=GRACE)
    states, lines = filled_columns(deliveries_since(request.now - COUNTED))
    ran = sweeps()
    context = {
        "lines": lines,
        "states": states,
        "page": page_of(failed(), request.GET, size=20),
        "channels": channels(),
        "sweeps": ran,
        "failing": [sweep for sweep in ran if sweep.failures_in_a_row],
        "jobs": failed_jobs(request.community.pk),
        "stuck": ngettext(
            "%(count)d message should have left by now.",
            "%(count)d messages should have left by now.",
            stuck,
        )
        % {"count": stuck}
        if stuck
        else "",
        "form": PlainForm(),
    }
    return render(request, "notify/delivery.html", context)


@opened_to(*DELIVERY_ROLES)
@require_POST
def retry(request: Request, pk: int) -> HttpResponse:
    """Send once more what was given up."""
    message = get_object_or_404(failed(), pk=pk)
    form = PlainForm(request.POST)
    if form.is_valid():
        token = form.idempotency_token
        actions.retry_message(message, by=request.actor, now=request.now, token=token)
        messages.success(request, _("It is on its way again."))
    return redirect("notify:deliveries")


@opened_to(*DELIVERY_ROLES)
@require_POST
def retry_failed_job(request: Request, job_id: str) -> HttpResponse:
    """Do a failed job once more."""
    form = PlainForm(request.POST)
    if form.is_valid():
        actions.retry_job(
            job_id, by=request.actor, community=request.community, now=request.now,
            token=form.idempotency_token,
        )  # fmt: skip
        messages.success(request, _("The job is queued again."))
    return redirect("notify:deliveries")


@opened_to(*DELIVERY_ROLES)
def channel(request: Request, way: str) -> HttpResponse:
    """Set up a channel. Its address is written, never shown."""
    if way == Way.WECHAT:
        return redirect("notify:wechat")
    found = channel_of(way)
    if found is None:
        raise Http404("no such channel")
    kind = TextChannelForm if way == Way.SMS else ChannelForm
    form = kind(
        request.POST or None,
        initial={
            "is_on": found.is_on or not found.is_set_up, "sign": found.sign,
            "yuan_per_part": found.yuan_per_part,
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if attempt(
            form,
            lambda: actions.set_channel(
                way, target=values["target"], is_on=values["is_on"], by=request.actor,
                now=request.now, token=form.idempotency_token, sign=values.get("sign", ""),
                yuan_per_part=values.get("yuan_per_part"),
            ),
        ):  # fmt: skip
            messages.success(request, _("The channel is set."))
            return redirect("notify:deliveries")
    receipts_url = reverse("notify:receipts", args=[request.community.slug])
    context = {
        "channel": found, "form": form, "receipts_url": request.build_absolute_uri(receipts_url),
    }  # fmt: skip
    return render(request, "notify/channel.html", context, status=422 if form.errors else 200)


@opened_to(*DELIVERY_ROLES)
def text_templates(request: Request) -> HttpResponse:
    """The texts the vendor approved, and what each costs at most."""
    form = TextTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if attempt(
            form,
            lambda: actions.keep_template(
                values["topic"], approval_id=values["approval_id"], text=values["text"],
                longest=values["longest"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        ):  # fmt: skip
            messages.success(request, _("Kept. Texts of this kind go by it from now on."))
            return redirect("notify:texts")
    context = {"form": form, "lines": template_lines(), "drop_form": PlainForm()}
    return render(request, "notify/texts.html", context, status=422 if form.errors else 200)


@opened_to(*DELIVERY_ROLES)
@require_POST
def drop_text_template(request: Request, pk: int) -> HttpResponse:
    """Use it no more."""
    template: TextTemplate = get_object_or_404(TextTemplate.objects.all(), pk=pk)
    form = PlainForm(request.POST)
    if form.is_valid():
        token = form.idempotency_token
        actions.drop_template(template, by=request.actor, now=request.now, token=token)
        messages.success(request, _("Used no more. Texts of this kind go in plain words."))
    return redirect("notify:texts")


@csrf_exempt
@public
def receipts(request: Request, slug: str) -> HttpResponse:
    """What became of text messages, told and signed by the gateway."""
    community = get_object_or_404(Community, slug=slug)
    with in_community(community):
        secret = targets().get(Way.SMS, "").partition(" ")[2]
        if not _is_signed(request, secret):
            return HttpResponseForbidden()
        try:
            told, replies = told_by_gateway(request.body)
        except ValueError:
            return HttpResponse("not as agreed", status=400, content_type="text/plain")
        try:
            hear_gateway(told, replies, now=request.now)
        except NotYet:
            return HttpResponse(status=503)
    return HttpResponse("ok", content_type="text/plain")


@opened_to(*DELIVERY_ROLES)
def service_account(request: Request) -> HttpResponse:
    """Set up the community's service account at WeChat. Its secrets are written, never shown."""
    state = wechat_state()
    form = ServiceAccountForm(
        request.POST or None, initial=ServiceAccountForm.shown(state.account)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        token = form.idempotency_token
        if attempt(
            form,
            lambda: wechat.set_service_account(
                form.values, by=request.actor, now=request.now, token=token
            ),
        ):
            messages.success(request, _("The service account is set."))
            return redirect("notify:wechat")
    context = {
        "form": form,
        "state": state,
        "try_form": PlainForm(),
        "calls_url": request.build_absolute_uri(
            reverse("notify:wechat-calls", args=[request.community.slug])
        ),
        "host": request.get_host(),
    }
    return render(request, "notify/wechat.html", context, status=422 if form.errors else 200)


@opened_to(*DELIVERY_ROLES)
@require_POST
def try_service_account(request: Request) -> HttpResponse:
    """A message to myself by WeChat; how it fared stands on the page of deliveries."""
    form = PlainForm(request.POST)
    if form.is_valid():
        token = form.idempotency_token
        try:
            wechat.try_wechat(by=request.actor, now=request.now, token=token)
        except NotPermitted:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return redirect("notify:wechat")
        messages.success(request, _("It is on its way. Look at your WeChat, and here if it fails."))
    return redirect("notify:deliveries")


@csrf_exempt
@public
def wechat_calls(request: Request, slug: str) -> HttpResponse:
    """What WeChat tells; nobody else can sign it. It wants an answer within five seconds."""
    community = get_object_or_404(Community, slug=slug)
    with in_community(community):
        account = ServiceAccount.objects.first()
        if account is None or not account.callback_token:
            raise Http404("no service account is set up")
        try:
            return _answered(request, account)
        except NotOfWeChat:
            return HttpResponseForbidden()
        except wechat.NotYet:
            return HttpResponse(status=503)


def _is_signed(request: Request, secret: str) -> bool:
    time, given = request.headers.get("Mulin-Time", ""), request.headers.get("Mulin-Signature", "")
    if not secret or not time.isdecimal() or len(time) > len("9999999999"):
        return False
    age = abs(request.now.timestamp() - int(time))
    if age > RECEIPT_AGE.total_seconds() or _length(request) > MOST_BYTES:
        return False
    wanted = receipt_signature(secret, time=time, content=request.body)
    return constant_time_compare(given, wanted)


def _length(request: Request) -> int:
    told = request.headers.get("Content-Length") or "0"
    return int(told) if told.isdecimal() else 0


def _answered(request: Request, account: ServiceAccount) -> HttpResponse:
    query, secret = request.GET.dict(), account.callback_token or ""
    if request.method == "GET":
        check(
            query.get("signature", ""), secret, query.get("timestamp", ""), query.get("nonce", "")
        )
        return HttpResponse(query.get("echostr", ""), content_type="text/plain")
    if _length(request) > MOST_BYTES:
        raise NotOfWeChat("too long")
    event = event_in(
        request.body, query, token=secret, key=account.callback_key or "", app_id=account.app_id
    )
    wechat.hear(event, community_id=account.community_id, now=request.now)
    return HttpResponse("success", content_type="text/plain")


@opened_to(*HANDLER_ROLES)
@require_safe
def share(request: Request, kind: str, ref: str) -> HttpResponse:
    """The text and the picture of one public thing, to be put into a chat group."""
    shared = _shared(request, kind, ref)
    text = text_for_chat(shared, request.community, url=request.build_absolute_uri(shared.path))
    context = {
        "shared": shared,
        "text": text,
        "rows": text.count("\n") + 4,
        "signs": len(text),
        "poster_url": reverse("notify:poster", args=[kind, ref]) if fonts() else "",
        "file_name": f"{kind.replace('.', '-')}-{ref}.png",
    }
    return render(request, "notify/share.html", context)


@opened_to(*HANDLER_ROLES)
@require_safe
def poster(request: Request, kind: str, ref: str) -> HttpResponse:
    """The picture: large words, and a code that opens the page."""
    shared = _shared(request, kind, ref)
    drawn = Poster(
        community=request.community.name, title=shared.title, lines=shared.lines,
        url=request.build_absolute_uri(shared.path), scan=_("Scan in WeChat to read it all"),
        phone=request.community.phone,
    )  # fmt: skip
    try:
        return HttpResponse(png(drawn), content_type="image/png")
    except FontMissing:
        raise Http404("no font with Chinese") from None


def _shared(request: Request, kind: str, ref: str) -> Shared:
    found = shared_of(kind, ref, request.actor)
    if found is None:
        raise Http404("nothing to be told of")
    return found


def _tasks(request: Request) -> dict[str, object]:
    page = page_of(tasks_of(request.actor, request.now), request.GET, size=50)
    names = names_of((row.recipient_kind, row.recipient_id) for row in page.rows)
    lines = [(row, names.get((row.recipient_kind, row.recipient_id), "")) for row in page.rows]
    return {"page": page, "lines": lines}


def _account_id(request: Request) -> int:
    if request.actor.account_id is None:
        raise Http404("nobody is signed in")
    return request.actor.account_id
