"""Sheets of paper: a Django template becomes a PDF whose Chinese can be selected and searched.

    return paper("reception/paper/slip.html", {…}, request=request, name="回执")

The pages of a sheet are templates that extend `kit/paper.html`; their look is `paper.css`.
"""
