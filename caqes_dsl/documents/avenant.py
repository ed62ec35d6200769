"""The amendment that makes a policy of another: its articles, the table of its effects, the annex as it becomes."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from caqes_dsl.compare.avenant import encode_amendment
from caqes_dsl.compare.changes import Changement
from caqes_dsl.compare.impact_shapes import Impact
from caqes_dsl.documents.avenant_clauses import Clauses
from caqes_dsl.documents.changements import Redaction
from caqes_dsl.documents.changements_plan import plan
from caqes_dsl.documents.comparaison import effects
from caqes_dsl.documents.rapport_formats import MODELES, render_rapport
from caqes_dsl.documents.rapport_shapes import BlocVue, RapportVue, SectionVue, TableauVue
from caqes_dsl.documents.render import render_annexe
from caqes_dsl.documents.shapes import IdentiteVue, LigneVue, TableVue
from caqes_dsl.documents.typography import long_date
from caqes_dsl.documents.view import identity
from caqes_dsl.documents.words import quoted
from caqes_dsl.model.nodes import Politique

FORMATS = (*MODELES, "json", "suivi")
"""The texts of an amendment, its data, the annex with tracked changes."""

_SIGNATAIRES = ("L'établissement", "L'agence régionale de santé", "L'assurance maladie")


def render_avenant(
    ancienne: Politique,
    nouvelle: Politique,
    changements: Sequence[Changement],
    impact: Impact | None,
    format: str,
    *,
    modeles: Path | None = None,
) -> bytes:
    """The amendment in one of `FORMATS`; `suivi` is the annex of the newer policy with the changes tracked, for Word.

    Errors: ValueError (unknown format), DependanceManquante, ErreurModele.
    """
    if format == "json":
        data = encode_amendment(ancienne, nouvelle, changements)
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
    if format == "suivi":
        from caqes_dsl.documents.writers.suivi import tracked

        before, after = (render_annexe(p, "docx") for p in (ancienne, nouvelle))
        day = nouvelle.adopte_le or nouvelle.vigueur_du or datetime.date(nouvelle.exercice or 2000, 1, 1)
        return tracked(before, after, auteur=nouvelle.titre, date=day)
    return render_rapport(avenant_view(ancienne, nouvelle, changements, impact), format, modeles=modeles)


def avenant_view(
    ancienne: Politique, nouvelle: Politique, changements: Sequence[Changement], impact: Impact | None = None
) -> RapportVue:
    """The amendment as texts and tables."""
    before, after = identity(ancienne), identity(nouvelle)
    listed = [*_articles(ancienne, nouvelle, tuple(changements)), *_last(nouvelle)]
    sections = [SectionVue(f"article-{i}", title, texts, ()) for i, (title, texts) in enumerate(listed, 1)]
    sections.append(_signatures())
    if impact is not None:
        sections += effects(impact, Redaction(ancienne, nouvelle, changements))
    return RapportVue(
        after,
        " · ".join(
            part for part in ("Projet d'avenant" if nouvelle.est_projet else "Avenant", nouvelle.region) if part
        ),
        _title(before, after),
        tuple(_warnings(nouvelle)),
        tuple(_sentences(before, after, changements)),
        (LigneVue("Version modifiée", _version(before)), LigneVue("Version qui en résulte", _version(after))),
        tuple(sections),
    )


def _title(before: IdentiteVue, after: IdentiteVue) -> str:
    if before.titre == after.titre:
        return f"Avenant à {quoted(before.titre)}"
    return f"Avenant à {quoted(before.titre)}, qui devient {quoted(after.titre)}"


def _warnings(nouvelle: Politique) -> Iterator[str]:
    if nouvelle.est_projet:
        yield "PROJET D'AVENANT : ce texte n'est ni adopté ni signé, et n'engage personne."


def _version(identite: IdentiteVue) -> str:
    return f"{identite.titre}, empreinte {identite.code_de_controle}"


def _sentences(before: IdentiteVue, after: IdentiteVue, changements: Sequence[Changement]) -> Iterator[str]:
    if not changements:
        yield "Rien ne change : il n'y a pas lieu à avenant."
        return
    yield f"L'annexe de {quoted(before.titre)} (empreinte {before.code_de_controle}) est modifiée ainsi qu'il suit."
    yield f"Consolidée, elle porte l'empreinte {after.code_de_controle}."


def _articles(
    ancienne: Politique, nouvelle: Politique, changements: tuple[Changement, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    clauses = Clauses(ancienne, nouvelle, changements)
    for groupe in plan(ancienne, nouvelle, changements):
        yield groupe.titre, tuple(text for c in groupe.changements for text in clauses.of(c))


def _last(nouvelle: Politique) -> Iterator[tuple[str, tuple[str, ...]]]:
    texts = ["Les stipulations que le présent avenant ne vise pas sont inchangées."]
    if nouvelle.vigueur_du is not None:
        texts.insert(0, f"La version modifiée prend effet le {long_date(nouvelle.vigueur_du)}.")
    yield "Effet", tuple(texts)


def _signatures() -> SectionVue:
    table = TableVue("Signatures", _SIGNATAIRES, (("Date :", "Date :", "Date :"), ("Nom, qualité :",) * 3))
    bloc = BlocVue("", (), (), (TableauVue(table, (False,) * 3),))
    return SectionVue(
        "signatures", "Signatures", ("Fait à …………………………, en autant d'exemplaires que de parties.",), (bloc,)
    )


__all__ = ["FORMATS", "avenant_view", "render_avenant"]
