"""What wages hold of a person: told; words and the bank account blanked; sums stay by law."""

from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.workshop.wages.models import PayTerms, Statement


def erase_words(person_id: int) -> None:
    """Blank the bank account and what was said in disputes; the sums stay. Safe to run twice."""
    terms = PayTerms.objects.filter(worker__person=person_id)
    statements = Statement.objects.filter(worker__person=person_id)
    ids = list(terms.values_list("pk", flat=True))
    statement_ids = list(statements.values_list("pk", flat=True))
    terms.update(bank_account=None, reason="")
    statements.update(dispute="", answer="")
    erase_details("wages.payterms", ids, now=clock.now())
    erase_details("wages.statement", statement_ids, now=clock.now())
