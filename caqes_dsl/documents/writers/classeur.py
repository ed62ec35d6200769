"""The living workbook, in XLSX: what is asked, what it gives as it is filled, a page to sign, and hidden keys.

Protected without a password: a guard against slips. Nothing that comes back is trusted for it.
"""

from __future__ import annotations

import io

from caqes_dsl.documents.classeur import Classeur, text
from caqes_dsl.exchange import classeur_forme as forme

from .classeur_cadre import Cadre
from .classeur_criteres import write_criteria
from .classeur_donnees import write_facts
from .classeur_identite import write_identity, write_keys, write_signature
from .classeur_resultat import write_result
from .classeur_styles import FIXED

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_classeur(classeur: Classeur) -> bytes:
    """The workbook, the same bytes each time."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    cadre = Cadre(book, classeur)
    politique, one = classeur.politique, classeur.etablissement
    title = f"{text(politique.titre)}, classeur {one.finess if one else 'à remplir'}"
    book.set_properties({"title": title, "subject": classeur.rappel, "comments": politique.empreinte, "created": FIXED})
    for write in (write_identity, write_criteria, write_facts, write_result, write_signature, write_keys):
        write(cadre)
    cadre.calcul.write(cadre.sheets[forme.CALCUL], cadre.line_names())
    for nom, sheet in cadre.sheets.items():
        if nom.startswith("_"):
            sheet.very_hidden()
        sheet.protect("", {"format_columns": True, "format_rows": True})
    book.close()
    return out.getvalue()
