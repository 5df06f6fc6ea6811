"""What wages hold of a person: told; words and the bank account blanked; sums stay by law."""

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.workshop.wages.models import MoneyLine, PayTerms, Statement
from mulin.workshop.wages.rules import WORDED


def erase_words(person_id: int) -> None:
    """Blank the bank account, what was said in disputes, and free words of lines; the sums stay,
    with the proofs of what was paid. Safe to run twice.
    """
    terms = PayTerms.objects.filter(worker__person=person_id)
    statements = Statement.objects.filter(worker__person=person_id)
    ids = list(terms.values_list("pk", flat=True))
    statement_ids = list(statements.values_list("pk", flat=True))
    lines = MoneyLine.objects.filter(worker__person=person_id, kind__in=WORDED)
    line_ids = list(lines.values_list("pk", flat=True))
    lines.update(words="")
    erase_details("wages.moneyline", line_ids, now=clock.now())
    terms.update(bank_account=None, reason="")
    statements.update(dispute="", answer="")
    erase_details("wages.payterms", ids, now=clock.now())
    erase_details("wages.statement", statement_ids, now=clock.now())
