"""Kits: the list, one of them with its sheets, writing, changing, copying, giving away."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to, public
from mulin.kit.acts import attempt, why_not
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.parlour.classroom.actions.kits import (
    change_kit,
    copy_kit,
    lay_out_kits,
    put_online,
    take_in_kit,
    write_kit,
)
from mulin.parlour.classroom.forms import (
    KitFileForm,
    KitForm,
    OnlineForm,
)
from mulin.parlour.classroom.models import SUBJECT_LABELS, Kit, KitPicture, OnlineLesson
from mulin.parlour.classroom.permissions import TEACHER_ROLES
from mulin.parlour.classroom.queries import kit_file, kits_not_laid_out, versions_of
from mulin.parlour.classroom.queries import kit_list as rows_of_kits
from mulin.parlour.classroom.rules import spoken_scene
from mulin.parlour.classroom.views.shown import marked_quiz, script_lines, step_shown

#: The sheets that can be printed of a kit.
SHEETS = {"plan", "script", "quiz", "answers"}


@opened_to(*TEACHER_ROLES)
@require_safe
def kit_list(request: Request) -> HttpResponse:
    """All kits, by subject."""
    subject = request.GET.get("subject", "")
    subject = subject if subject in set(SUBJECT_LABELS) else ""
    context = {
        "page": page_of(rows_of_kits(subject), request.GET),
        "subjects": [(one.value, label) for one, label in SUBJECT_LABELS.items()],
        "subject": subject,
        "waiting": len(kits_not_laid_out()),
        "act": PlainForm(auto_id=False),
    }
    return render(request, "classroom/kits.html", context)


@opened_to(*TEACHER_ROLES)
@require_POST
def lay_out(request: Request) -> HttpResponse:
    """The kits that come with the product."""
    form = PlainForm(request.POST)
    count = (
        attempt(
            form,
            lambda: lay_out_kits(
                by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if form.is_valid()
        else None
    )  # fmt: skip
    if count is None:
        messages.error(request, why_not(form))
    else:
        messages.success(
            request,
            ngettext("%(count)s kit is laid out.", "%(count)s kits are laid out.", count)
            % {"count": count},
        )
    return redirect("classroom:kits")


@opened_to(*TEACHER_ROLES)
@require_safe
def kit(request: Request, pk: int) -> HttpResponse:
    """One version of a kit: plan, script, quiz, drill, sheets, versions."""
    return _page(request, _kit(pk))


@opened_to(*TEACHER_ROLES)
def new(request: Request) -> HttpResponse:
    """A kit of one's own."""
    form = KitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        written = attempt(
            form,
            lambda: write_kit(
                form.text(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if written is not None:
            messages.success(request, _("The kit is written."))
            return redirect("classroom:kit", pk=written.pk)
    return render(request, "classroom/kit_form.html", {"form": form})


@opened_to(*TEACHER_ROLES)
def change(request: Request, pk: int) -> HttpResponse:
    """A new version; the ones before stay."""
    found = _kit(pk)
    values = {name: getattr(found.text, name) for name in found.text.__slots__}
    values["scene"] = spoken_scene(found.text.scene)
    form = KitForm(request.POST or None, initial=values)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: change_kit(
                found, form.text(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if changed is not None:
            messages.success(request, _("This is the new version; the one before is kept."))
            return redirect("classroom:kit", pk=changed.pk)
    return render(request, "classroom/kit_form.html", {"form": form, "kit": found})


@opened_to(*TEACHER_ROLES)
@require_POST
def copy(request: Request, pk: int) -> HttpResponse:
    """The same once more, to be changed."""
    found = _kit(pk)
    form = PlainForm(request.POST)
    if not form.is_valid():
        raise Http404
    made = attempt(
        form,
        lambda: copy_kit(found, by=request.actor, now=request.now, token=form.idempotency_token),
    )
    if made is None:
        messages.error(request, why_not(form))
        return redirect("classroom:kit", pk=pk)
    messages.success(request, _("This is your copy. Change it as you like."))
    return redirect("classroom:kit-change", pk=made.pk)


@opened_to(*TEACHER_ROLES)
def take_in(request: Request) -> HttpResponse:
    """A kit from another community's file."""
    form = KitFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: take_in_kit(
                form.cleaned_data["file"].read(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if taken is not None:
            messages.success(request, _("The kit is taken in."))
            return redirect("classroom:kit", pk=taken.pk)
    return render(request, "classroom/kit_take_in.html", {"form": form})


@opened_to(*TEACHER_ROLES)
@require_POST
def go_online(request: Request, pk: int) -> HttpResponse:
    """Put it into the online classroom."""
    found = _kit(pk)
    form = OnlineForm(request.POST)
    if form.is_valid():
        opened = attempt(
            form,
            lambda: put_online(
                found, film=form.cleaned_data["film"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if opened is not None:
            messages.success(request, _("Everybody can read it at home now."))
            return redirect("classroom:online-lesson", pk=opened.pk)
    return _page(request, found, online_form=form, status=422)


@opened_to(*TEACHER_ROLES)
@require_safe
def file(request: Request, pk: int) -> HttpResponse:
    """The kit as a file, with its pictures."""
    found = _kit(pk)
    response = HttpResponse(kit_file(found), content_type="application/zip")
    where = content_disposition_header(as_attachment=True, filename=f"{found.title}.zip")
    response.headers["Content-Disposition"] = where or "attachment"
    return response


@opened_to(*TEACHER_ROLES)
def quiz(request: Request, pk: int) -> HttpResponse:
    """The teacher goes through the quiz."""
    found = _kit(pk)
    context = {"kit": found, "questions": marked_quiz(found, request.POST)}
    return render(request, "classroom/kit_quiz.html", context)


@opened_to(*TEACHER_ROLES)
@require_safe
def drill(request: Request, pk: int) -> HttpResponse:
    """The teacher goes through the drill; nothing is counted."""
    found = _kit(pk)
    context = {"kit": found, "step": step_shown(found, request.GET.get("at", "1"))}
    return render(request, "classroom/kit_drill.html", context)


@opened_to(*TEACHER_ROLES)
@require_safe
def sheet(request: Request, pk: int, part: str) -> HttpResponse:
    """Plan, script, quiz or its answers on paper."""
    found = _kit(pk)
    if part not in SHEETS:
        raise Http404
    pictures = (
        {one.name: one.file.path for one in KitPicture.objects.filter(kit=found)}
        if part == "script"
        else {}
    )
    context = {"kit": found, "part": part, "lines": script_lines(found)}
    return paper(
        "classroom/paper/kit.html", context, request=request, name=found.title, pictures=pictures
    )


@public
@require_safe
def picture(request: Request, pk: int) -> FileResponse:
    """A picture of a kit: to teachers, and to everybody once the kit is online."""
    found: KitPicture = get_object_or_404(KitPicture.objects.all(), pk=pk)
    shown = OnlineLesson.objects.filter(kit=found.kit, closed_at__isnull=True)
    if not request.actor.is_handler and not shown.exists():
        raise Http404
    return FileResponse(found.file.open(), content_type="image/jpeg")


def _kit(pk: int) -> Kit:
    found: Kit = get_object_or_404(Kit.objects.select_related("saved_by", "copied_from"), pk=pk)
    return found


def _page(
    request: Request, found: Kit, *, online_form: OnlineForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "kit": found,
        "lines": script_lines(found),
        "versions": list(versions_of(found)),
        "act": PlainForm(auto_id=False),
        "online_form": online_form or OnlineForm(),
    }
    return render(request, "classroom/kit.html", context, status=status)
