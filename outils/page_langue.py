"""Écrit dans docs/langue.md ce qui se déduit de la grammaire, des tables, des types et du glossaire.

Chaque passage est entre « <!-- produit : nom --> » et « <!-- fin --> » ; le reste de la page est écrit à la main.

    python outils/page_langue.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from caqes_dsl import loader  # noqa: E402  # le dépôt n'est pas toujours installé
from caqes_dsl.base.quantities import UNITES, Genre, plain_number  # noqa: E402
from caqes_dsl.base.source import Source  # noqa: E402
from caqes_dsl.base.suggestions import fold  # noqa: E402
from caqes_dsl.model import algebra, inherit  # noqa: E402
from caqes_dsl.model.checks import structure, tables  # noqa: E402
from caqes_dsl.model.expressions import TYPES  # noqa: E402
from caqes_dsl.model.glossary import FONCTIONS, GLOSSAIRE  # noqa: E402
from caqes_dsl.model.scope import RESERVES  # noqa: E402
from caqes_dsl.syntax import lexer, limits, parser, placement, recovery, tree  # noqa: E402
from caqes_dsl.syntax.build import ACTIONS, GENRES  # noqa: E402
from caqes_dsl.terms import refusal  # noqa: E402
from outils.formes_grammaire import Formes  # noqa: E402
from outils.page_glossaire import lien  # noqa: E402

PAGE = RACINE / "docs" / "langue.md"
_BLOC = re.compile(r"(<!-- produit : ([a-z-]+) -->\n).*?(<!-- fin -->)", re.DOTALL)

NOMMEES = {
    "type": ": type", "borne": "bornes", "valeur datée": "valeurs datées", "expression": "une expression",
    "propriété": "une propriété", "étape": "étapes",
}  # fmt: skip
"""Les clauses qui ne s'ouvrent par aucun mot -> comment les dire."""

REGLES = {
    "type": "type", "borne": "borne", "entre_bornes": "borne", "valeur_datee": "valeur datée", "corps": "expression",
    "evenement": "étape", "arrondi_score": "score", "affiche_score": "score", "score_calcule": "score =",
    "effectif_minimum": "effectif au moins",
    "propriete": "propriété", "chaque": "propriété", "total_des": "propriété", "aucune": "propriété",
}  # fmt: skip
"""Règle de la grammaire -> la clause qu'elle lit, quand aucun mot ne la dit."""


def page(texte: str) -> str:
    """La page, ses passages produits refaits."""
    return _BLOC.sub(lambda m: f"{m[1]}\n" + "\n".join(PASSAGES[m[2]]()) + f"\n\n{m[3]}", texte)


def tableau(tete: tuple[str, ...], rangs: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Un tableau Markdown."""
    yield f"| {' | '.join(tete)} |"
    yield "|" + "---|" * len(tete)
    for rang in rangs:
        yield f"| {' | '.join(rang)} |"


# ---------------------------------------------------------------- écrire


def unites() -> Iterator[str]:
    """Les unités : leurs écritures, leur grandeur, ce qu'elles valent."""

    def rangs() -> Iterator[tuple[str, ...]]:
        for unite, (genre, _) in UNITES.items():
            ecritures = [e for e, canonique in lexer.UNITES.items() if canonique == unite and e != unite]
            if unite:
                yield _codes([unite, *ecritures]), algebra.article(genre), _vaut(unite, genre)

    return tableau(("unité", "grandeur", "elle vaut"), rangs())


def _vaut(unite: str, genre: Genre) -> str:
    base = next(u for u, (g, v) in UNITES.items() if g is genre and (v == 1 or u in "% pt"))
    nombre = UNITES[unite][1] / UNITES[base][1]
    return "" if unite == base else f"{plain_number(nombre, group=' ')} {base}"


def reserves() -> Iterator[str]:
    """Les mots qui ne peuvent pas servir de noms."""
    mots = sorted(Formes().mots.values(), key=fold)
    seuls = [m for m in mots if re.fullmatch(r"\w+", m)]
    yield f"Les mots : {_liste(seuls)}."
    yield ""
    yield f"Les suites de mots : {_liste([m for m in mots if m not in seuls])}."
    yield ""
    yield f"Les noms déjà pris : {_liste(sorted(RESERVES))}."


# ---------------------------------------------------------------- déclarations et clauses


def declarations() -> Iterator[str]:
    """Chaque déclaration et les clauses qu'elle prend."""

    def rangs() -> Iterator[tuple[str, ...]]:
        for genre, clauses in placement.CLAUSES.items():
            dites = " · ".join(f"`{NOMMEES.get(c, c)}`" + ("…" if c in placement._REPEATED else "") for c in clauses)
            yield f"{lien(genre)}{_pas_encore(genre)}", dites

    return tableau(("déclaration", "clauses"), rangs())


def formes_declarations() -> Iterator[str]:
    """Comment s'écrit chaque déclaration."""
    formes = Formes()
    mots = ["politique", *GENRES.values(), *ACTIONS.values()]
    ecrites = [*formes.branches("entete"), *formes.branches("declaration")]
    ordre = sorted(ecrites, key=lambda f: mots.index(f.split()[0]) if f.split()[0] in mots else -1)
    yield "```text"
    yield from ordre
    yield "```"
    yield ""
    yield f"`MOT` est l'un de : {_liste(list(formes.branches('genre')))}. Ce qui se remplit est en capitales :"
    yield ""
    remplis = {"QUANTITÉ": "quantite", "VALEUR": "valeur", "BORNE": "bornee", "RANG": "rang", "EFFET": "_effet"}
    yield from tableau(("on lit", "on écrit"), [(f"`{k}`", _codes(formes.branches(r))) for k, r in remplis.items()])


def clauses() -> Iterator[str]:
    """Comment s'écrit chaque clause."""
    formes = Formes()
    par_clause: dict[str, list[str]] = {c: [] for cs in placement.CLAUSES.values() for c in cs}
    for regle in formes.ouvertes("declaration"):
        for forme in formes.branches(regle):
            mot = REGLES.get(regle) or max((m for m in par_clause if _ouvre(forme, m)), key=len, default="")
            mot = mot or max((m for m in GLOSSAIRE if _ouvre(forme, m)), key=len)
            par_clause.setdefault(mot, []).append(_resserree(regle, forme))

    def rangs() -> Iterator[tuple[str, ...]]:
        for mot, ecrites in par_clause.items():
            terme = max((m for m in GLOSSAIRE if _ouvre(mot, m)), key=len, default="")
            nom = lien(terme) if terme == mot and mot not in NOMMEES else NOMMEES.get(mot, f"`{mot}`")
            yield nom + (_pas_encore(mot) if mot in GLOSSAIRE else ""), _codes(ecrites)

    return tableau(("clause", "s'écrit"), rangs())


def _ouvre(forme: str, mot: str) -> bool:
    return re.match(re.escape(mot) + r"(?!\w)", forme) is not None


def _resserree(regle: str, forme: str) -> str:
    """La forme, là où `placement.check_words` et `placement._IN_VARIANT` permettent moins que la grammaire."""
    if regle in ("arrondi_score", "affiche_score", "score_calcule"):
        forme = forme.replace("NOM", "score", 1)
    if regle == "effectif_minimum":
        forme = forme.replace("NOM", "effectif", 1)
    if regle in ("avec", "avec_autres", "score_calcule"):
        forme = forme.replace("SIGNE", "=")
    if regle == "variante":
        permises = " · ".join(c for c in placement.CLAUSES["critère"] if c in placement._IN_VARIANT)
        forme = f"{forme.partition(' : ')[0]} : ({permises}) …"
    return forme


# ---------------------------------------------------------------- calculer


def types() -> Iterator[str]:
    """Les types et ce qu'ils sont."""
    dits = {nom: "choix (A, B, C)" if genre is Genre.CHOIX else nom for nom, genre in TYPES.items()}
    return tableau(
        ("type", "ce que c'est"),
        [
            (f"[`{dit}`]({lien(nom).partition('(')[2]}", GLOSSAIRE[nom].sens.partition(" Fonction :")[0])
            for nom, dit in dits.items()
        ],
    )


def operations() -> Iterator[str]:
    """Le type du résultat de chaque opération, pour chaque paire de types."""
    for rang, (signe, regle) in enumerate(algebra.OPERATIONS.items()):
        paires = {(g, d): r for g in Genre for d in Genre if (r := regle(g, d)) is not None}
        droites = [d for d in Genre if any(d is paire[1] for paire in paires)]
        if rang:
            yield ""
        yield from tableau(
            (f"gauche `{signe}` droite", *(d.value for d in droites)),
            [
                (f"**{g.value}**", *(paires[g, d].value if (g, d) in paires else "" for d in droites))
                for g in Genre
                if any(g is paire[0] for paire in paires)
            ],
        )


def priorites() -> Iterator[str]:
    """Les opérations, de la plus forte à la plus faible."""
    niveaux = list(Formes().precedence())[::-1]
    signes = " ".join(f"`{s}`" for s in dict.fromkeys(lexer._CMP.values()))
    for rang, mots in enumerate(niveaux, 1):
        yield f"{rang}. " + ", ".join(signes if m == "SIGNE" else f"`{m}`" for m in mots)


def fonctions() -> Iterator[str]:
    """Les fonctions, et ce qu'elles donnent."""
    return tableau(
        ("fonction", "ce qu'elle donne"),
        [(_codes(f.formes), f.rend + _pas_encore(*f.exemples, exemples=True)) for f in FONCTIONS],
    )


# ---------------------------------------------------------------- les rangs


def rangs() -> Iterator[str]:
    """Les cas d'un rang, lus par l'analyseur lui-même."""
    formes = Formes()

    def lignes() -> Iterator[tuple[str, ...]]:
        for regle in formes.ouvertes("_cas"):
            if regle == "valeurs":
                yield "`0 pt` ou `A, B`", "exactement ces valeurs"
                continue
            for forme in formes.developpees(regle):
                signes = dict.fromkeys(lexer._CMP.values()) if "SIGNE" in forme else ("",)
                for signe in signes:
                    ecrit = forme.replace("SIGNE", signe).replace("BORNE", "25 %", 1).replace("BORNE", "50 %")
                    sens = _sens_du_cas(ecrit)
                    if sens:
                        yield f"`{ecrit}`", sens

    return tableau(("rang", "quand"), lignes())


def _sens_du_cas(ecrit: str) -> str:
    """« 25 % ≤ x < 50 % », du cas tel qu'il est lu ; rien quand il ne se lit pas."""
    texte = f"caqes 1\npolitique p « P »\nbarème b « B » : taux selon x {ecrit} : 0 %\n"
    fichier, fautes = parser.parse(Source.from_text("exemple", texte))
    if fautes:
        return ""
    table = next(c for d in fichier.declarations for c in d.clauses if isinstance(c, tree.ClauseTable))
    match table.rangs[0].cas[0]:
        case tree.CasIntervalle() as cas:
            bas = f"{cas.bas.span.texte} {'≤' if cas.bas_inclus else '<'} " if cas.bas else ""
            haut = f" {'≤' if cas.haut_inclus else '<'} {cas.haut.span.texte}" if cas.haut else ""
            if not haut and cas.bas:
                return f"x {'≥' if cas.bas_inclus else '>'} {cas.bas.span.texte}"
            return f"{bas}x{haut}"
        case tree.CasValeurs(valeurs=valeurs):
            return f"x = {valeurs[0].span.texte}"
    return GLOSSAIRE[ecrit].sens


# ---------------------------------------------------------------- les tailles


def n(nombre: int) -> str:
    """Un nombre entier, ses milliers séparés."""
    return plain_number(Fraction(nombre), group=" ")


def tailles() -> Iterator[str]:
    """Les tailles permises, d'après les constantes qui les fixent."""
    return tableau(
        ("quoi", "au plus"),
        [
            (
                "un fichier de politique",
                f"{loader.MAX_BYTES >> 20} Mio, {n(parser.MAX_CRITERES)} critères, "
                f"{n(parser.MAX_DECLARATIONS)} déclarations, {n(parser.MAX_WORDS)} mots",
            ),
            ("des politiques qui se reprennent l'une l'autre", n(inherit.DEPTH)),
            ("les fichiers dont une politique part", n(loader.MAX_FILES)),
            ("un nom ; un texte", f"{n(lexer.MAX_NAME)} signes ; {n(lexer.MAX_TEXT)} signes"),
            ("un nombre", f"{n(lexer.MAX_DIGITS)} chiffres, dont {n(lexer.MAX_DECIMALS)} décimales"),
            ("des parenthèses emboîtées", n(limits.MAX_DEPTH)),
            ("les opérations d'une expression", n(limits.MAX_OPERATORS)),
            ("des `abs`, `rapport` ou `évolution` emboîtés", n(limits.MAX_TWICE)),
            ("une déclaration", f"{n(limits.MAX_WORDS)} mots"),
            ("les fautes d'écriture dites en une fois", n(recovery.MAX_FAULTS)),
            ("des définitions qui se suivent", n(structure.DEPTH)),
            (
                "les cas d'une table à plusieurs grandeurs",
                f"{n(tables.MAX_CELLS)}, au-delà desquels un avertissement",
            ),
        ],
    )


# ---------------------------------------------------------------- les mots de tous les passages


def _codes(formes: Iterable[str]) -> str:
    return "<br>".join(f"`{f}`" for f in formes)


def _liste(mots: list[str]) -> str:
    return ", ".join(f"`{m}`" for m in mots)


def _pas_encore(*quoi: str, exemples: bool = False) -> str:
    """La marque de ce dont aucun exemple n'est évalué."""
    essais = quoi if exemples else GLOSSAIRE[quoi[0]].exemples
    return " *(pas encore évalué)*" if essais and all(refusal(e) for e in essais) else ""


PASSAGES: dict[str, Callable[[], Iterator[str]]] = {
    "unites": unites,
    "reserves": reserves,
    "declarations": declarations,
    "formes": formes_declarations,
    "clauses": clauses,
    "types": types,
    "operations": operations,
    "priorites": priorites,
    "fonctions": fonctions,
    "rangs": rangs,
    "tailles": tailles,
}
"""Nom d'un passage -> ses lignes."""


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8")
