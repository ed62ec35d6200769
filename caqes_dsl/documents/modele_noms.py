"""What a Jinja template names that its view does not have: found in its text, without filling it.

A name, or a part of a name (`volet.titree`), is followed through loops, `set`, `with`, macros, and the templates
that it includes or imports. Where the shape of a thing is not certain, nothing is said of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import meta, nodes
from jinja2.runtime import LoopContext

from caqes_dsl.base.suggestions import vouliez_vous
from caqes_dsl.documents.modele_formes import Fiche, Forme, Liste, OuiNon, Texte

Noms = dict[str, "Forme | None"]
"""What is named at a place of a template, and its shape; None when it is not certain."""

_LIKE_ITS_INPUT = frozenset({"list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique"})
_TEXTS = frozenset({"brut", "capitalize", "css", "e", "escape", "indent", "join", "lower", "trim", "upper", "wordwrap"})
_BY_NAME = {"selectattr": 0, "rejectattr": 0, "groupby": 0, "map": None, "sort": 2, "unique": 1, "join": 1}
"""Filters that take the name of a part of each element: as which argument (None: only said by `attribute=`)."""

_DEEP = 30
"""How deep macros and templates are followed into one another."""


@dataclass(frozen=True, slots=True)
class Inconnu:
    """A name that nothing has: in which template, at which line; `parmi` are those that exist there."""

    fichier: str
    ligne: int
    nom: str
    parmi: tuple[str, ...]
    de: str = ""
    """What it was sought in, as the template writes it; empty for a name that stands alone."""

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        where = f" dans « {self.de} »" if self.de else ""
        return f"Le nom « {self.nom} » n'existe pas{where}."

    @property
    def aide(self) -> str:
        """The nearest name, or those that exist."""
        known = f"Noms connus : {', '.join(sorted(self.parmi))}." if self.parmi else ""
        return vouliez_vous(self.nom, self.parmi) or known


@dataclass(slots=True)
class Modele:
    """A template as it was read: its tree, its name, and how those that it names are found (None: not found)."""

    arbre: nodes.Template
    fichier: str
    trouver: Callable[[str], Modele | None]
    inconnus: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.inconnus = frozenset(meta.find_undeclared_variables(self.arbre))


def unknown_names(modele: Modele, vue: Mapping[str, Forme]) -> list[Inconnu]:
    """Every name of a template, and of those that it takes in, that its view does not have, in the order of lines."""
    found: dict[Inconnu, None] = {}
    racine: Noms = dict(vue)
    _Lecture(modele, racine, found, 0).everything()
    return sorted(found, key=lambda i: (i.fichier, i.ligne))


@dataclass(frozen=True, slots=True)
class _Macro:
    """A macro, and where it was written."""

    noeud: nodes.Macro
    lecture: _Lecture


class _Lecture:
    """The reading of one template, from the names of its view; what is unknown is added to `found`."""

    def __init__(self, modele: Modele, racine: Noms, found: dict[Inconnu, None], deep: int) -> None:
        self._modele, self._racine, self._found, self._deep = modele, racine, found, deep
        self._macros: dict[str, _Macro] = {}
        self._modules: dict[str, _Lecture] = {}
        self._taken: list[_Lecture] = []
        self._played: set[tuple[int, tuple[tuple[str, Forme | None], ...]]] = set()
        given = {n.name for n in modele.arbre.find_all(nodes.Name) if n.ctx != "load"}
        self._around: Noms = {**racine, **dict.fromkeys(given)}
        """What a macro or a block sees: the view, and whatever the template may have named."""

    def everything(self) -> None:
        """Reads the template, then its macros that nothing calls, and those of the templates it takes macros from."""
        self._body(self._modele.arbre.body, dict(self._racine))
        self._unused()

    def _unused(self) -> None:
        played = {of for of, _ in self._played}
        for macro in [m for m in self._macros.values() if m.lecture is self and id(m.noeud) not in played]:
            self._play(macro, {})
        for other in self._taken:
            other._unused()

    # ------------------------------------------------------------ statements

    def _body(self, body: Sequence[nodes.Node], names: Noms) -> None:
        for node in body:
            reader = _READERS.get(type(node))
            if reader is not None:
                reader(self, node, names)
            elif isinstance(node, nodes.Expr):
                self._of(node, names)
            else:
                self._children(node, names)

    def _children(self, node: nodes.Node, names: Noms) -> None:
        for child in node.iter_child_nodes():
            self._body([child], names)

    def _for(self, node: nodes.For, names: Noms) -> None:
        over = self._of(node.iter, names)
        element = over.de if isinstance(over, Liste) and not node.recursive else None
        inside = {**names, "loop": None}
        self._bind(node.target, element, inside)
        if node.test is not None:
            self._of(node.test, inside)
        self._loop(node, inside)
        self._body(node.else_, dict(names))

    def _loop(self, node: nodes.For, inside: Noms) -> None:
        known = {name for name in dir(LoopContext) if not name.startswith("_")}
        for found in node.find_all(nodes.Getattr):
            if isinstance(found.node, nodes.Name) and found.node.name == "loop" and found.attr not in known:
                self._say(found.lineno, found.attr, known, "loop")
        self._body(node.body, inside)

    def _bind(self, target: nodes.Node, forme: Forme | None, names: Noms) -> None:
        if isinstance(target, nodes.Name):
            names[target.name] = forme
        for name in target.find_all(nodes.Name):  # the parts of a pair
            names[name.name] = None

    def _if(self, node: nodes.If, names: Noms) -> None:
        self._of(node.test, names)
        ends = []
        bodies: list[Sequence[nodes.Node]] = [node.body, *([e] for e in node.elif_), node.else_]
        for body in bodies:
            branch = dict(names)
            self._body(body, branch)
            ends.append(branch)
        for name in {name for end in ends for name in end}:
            formes = [end[name] for end in ends if name in end]
            names[name] = formes[0] if len(formes) == len(ends) and all(f == formes[0] for f in formes) else None

    def _assign(self, node: nodes.Assign, names: Noms) -> None:
        self._bind(node.target, self._of(node.node, names), names)

    def _assignblock(self, node: nodes.AssignBlock, names: Noms) -> None:
        self._body(node.body, dict(names))
        self._bind(node.target, Texte(), names)

    def _with(self, node: nodes.With, names: Noms) -> None:
        inside = dict(names)
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self._of(value, names), inside)
        self._body(node.body, inside)

    def _block(self, node: nodes.Block, names: Noms) -> None:
        self._body(node.body, dict(names) if node.scoped else dict(self._around))

    def _scope(self, node: nodes.Scope, names: Noms) -> None:
        self._body(node.body, dict(names))

    def _callblock(self, node: nodes.CallBlock, names: Noms) -> None:
        self._of(node.call, names)
        inside = dict(names)
        for argument in node.args:
            inside[argument.name] = None
        self._body(node.body, inside)

    # ------------------------------------------------------------ macros and other templates

    def _macro(self, node: nodes.Macro, names: Noms) -> None:
        self._macros[node.name] = _Macro(node, self)
        names[node.name] = None

    def _play(self, macro: _Macro, given: Noms) -> None:
        """Reads the body of a macro as a call of it does, once for the same shapes given."""
        made, home = macro.noeud, macro.lecture
        key = (id(made), tuple(sorted(given.items(), key=lambda pair: pair[0])))
        if key in home._played or home._deep > _DEEP:
            return
        home._played.add(key)
        inside: Noms = {**home._around, "caller": None, "varargs": None, "kwargs": None}
        plain = len(made.args) - len(made.defaults)
        for i, argument in enumerate(made.args):
            default = home._of(made.defaults[i - plain], inside) if i >= plain else None
            inside[argument.name] = given.get(argument.name, default)
        home._deep += 1
        home._body(made.body, inside)
        home._deep -= 1

    def _call(self, node: nodes.Call, names: Noms) -> Forme | None:
        given = [self._of(a, names) for a in node.args]
        named = {k.key: self._of(k.value, names) for k in node.kwargs}
        for more in filter(None, (node.dyn_args, node.dyn_kwargs)):
            self._of(more, names)
        macro = self._macro_of(node.node)
        if macro is None:
            self._of(node.node, names)
            return None
        arguments = [a.name for a in macro.noeud.args]
        sure = node.dyn_args is None and node.dyn_kwargs is None
        self._play(macro, {**dict(zip(arguments, given, strict=False)), **named} if sure else dict.fromkeys(arguments))
        return Texte()

    def _macro_of(self, node: nodes.Node) -> _Macro | None:
        if isinstance(node, nodes.Name):
            return self._macros.get(node.name)
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in self._modules:
            module = self._modules[node.node.name]
            return module._macros.get(node.attr)
        return None

    def _other(self, node: nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends) -> Modele | None:
        named = node.template
        if self._deep > _DEEP or not isinstance(named, nodes.Const) or not isinstance(named.value, str):
            return None
        return self._modele.trouver(named.value)

    def _include(self, node: nodes.Include, names: Noms) -> None:
        other = self._other(node)
        if other is not None:
            given = dict(names) if node.with_context else {}
            _Lecture(other, given, self._found, self._deep + 1).everything()

    def _extends(self, node: nodes.Extends, names: Noms) -> None:
        other = self._other(node)
        if other is not None:
            _Lecture(other, dict(self._around), self._found, self._deep + 1).everything()

    def _module(self, node: nodes.Import | nodes.FromImport) -> _Lecture | None:
        """The template that macros are taken from; without « with context », it does not see the view."""
        other = self._other(node)
        if other is None:
            return None
        read = _Lecture(other, dict(self._around) if node.with_context else {}, self._found, self._deep + 1)
        read._body(other.arbre.body, dict(read._racine))
        self._taken.append(read)
        return read

    def _import(self, node: nodes.Import, names: Noms) -> None:
        made = self._module(node)
        names[node.target] = None
        if made is not None:
            self._modules[node.target] = made

    def _fromimport(self, node: nodes.FromImport, names: Noms) -> None:
        made = self._module(node)
        for name in node.names:
            taken, given = name if isinstance(name, tuple) else (name, name)
            names[given] = None
            if made is not None and taken in made._macros:
                self._macros[given] = made._macros[taken]
            elif made is not None and taken not in made._around:
                self._say(node.lineno, taken, set(made._macros), "")

    # ------------------------------------------------------------ expressions

    def _of(self, node: nodes.Node, names: Noms) -> Forme | None:
        """The shape of an expression, None when it is not certain; what is unknown in it is said."""
        if isinstance(node, nodes.Name):
            return self._name(node, names)
        if isinstance(node, nodes.Getattr):
            return self._part(node, node.attr, self._of(node.node, names))
        if isinstance(node, nodes.Getitem):
            return self._item(node, names)
        if isinstance(node, nodes.Call):
            return self._call(node, names)
        if isinstance(node, nodes.Filter):
            return self._filter(node, names)
        if isinstance(node, nodes.Test):
            # « x is defined » asks: whatever it is put on may be missing.
            if node.name not in ("defined", "undefined"):
                self._of(node.node, names)
            for argument in node.args:
                self._of(argument, names)
            return OuiNon()
        if isinstance(node, nodes.Const):
            return Texte() if isinstance(node.value, str) else OuiNon() if isinstance(node.value, bool) else None
        if isinstance(node, nodes.Concat):
            self._children(node, names)
            return Texte()
        if isinstance(node, (nodes.List, nodes.Tuple)):
            return Liste(_same([self._of(n, names) for n in node.items]))
        if isinstance(node, nodes.CondExpr):
            self._of(node.test, names)
            either = [self._of(n, names) for n in (node.expr1, node.expr2) if n is not None]
            return _same(either) if node.expr2 is not None else None
        if isinstance(node, (nodes.And, nodes.Or)):
            return _same([self._of(node.left, names), self._of(node.right, names)])
        for child in node.iter_child_nodes():
            self._of(child, names)
        return None

    def _name(self, node: nodes.Name, names: Noms) -> Forme | None:
        if node.name in names:
            return names[node.name]
        if node.name in self._modele.inconnus and node.name not in ("namespace", "loop", "caller"):
            self._say(node.lineno, node.name, set(names), "")
        return None

    def _item(self, node: nodes.Getitem, names: Noms) -> Forme | None:
        of = self._of(node.node, names)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._part(node, node.arg.value, of)
        self._of(node.arg, names)
        if isinstance(node.arg, nodes.Slice):
            return of if isinstance(of, (Liste, Texte)) else None
        return of.de if isinstance(of, Liste) and isinstance(node.arg, nodes.Const) else None

    def _part(self, node: nodes.Getattr | nodes.Getitem, name: str, of: Forme | None) -> Forme | None:
        """A part of a thing."""
        if isinstance(of, Fiche) and name in of.champs:
            return of.champs[name]
        kind = {Fiche: dict, Liste: tuple, Texte: str, OuiNon: bool}.get(type(of))
        if kind is not None and not hasattr(kind, name):
            self._say(node.lineno, name, set(of.champs) if isinstance(of, Fiche) else set(), _written(node.node))
        return None

    def _filter(self, node: nodes.Filter, names: Noms) -> Forme | None:
        of = self._of(node.node, names) if node.node is not None else None
        for argument in (*node.args, *(k.value for k in node.kwargs)):
            self._of(argument, names)
        by = self._by_name(node)
        part = self._path(node, by, of.de) if by and isinstance(of, Liste) else None
        if node.name == "map":
            return Liste(part) if by else Liste(None)
        if node.name in ("first", "last"):
            return of.de if isinstance(of, Liste) else None
        if node.name in _LIKE_ITS_INPUT:
            return of if isinstance(of, Liste) else None
        if node.name in ("batch", "slice"):
            return Liste(of) if isinstance(of, Liste) else None
        return Texte() if node.name in _TEXTS else None

    def _by_name(self, node: nodes.Filter) -> str:
        """The name of a part, said as an argument of a filter."""
        if node.name not in _BY_NAME:
            return ""
        said = [k.value for k in node.kwargs if k.key == "attribute"]
        place = _BY_NAME[node.name]
        if place is not None and len(node.args) > place:
            said.append(node.args[place])
        return said[0].value if said and isinstance(said[0], nodes.Const) and isinstance(said[0].value, str) else ""

    def _path(self, node: nodes.Filter, path: str, of: Forme | None) -> Forme | None:
        for name in path.split("."):
            if isinstance(of, Fiche) and name not in of.champs:
                # The filters look parts up as keys, never as methods.
                self._say(node.lineno, name, set(of.champs), f"{_written(node.node)}|{node.name}")
                return None
            of = of.champs[name] if isinstance(of, Fiche) else None
        return of

    def _say(self, line: int, name: str, among: set[str], inside: str) -> None:
        self._found[Inconnu(self._modele.fichier, line, name, tuple(sorted(among)), inside)] = None


_READERS: Mapping[type[nodes.Node], Callable[[_Lecture, Any, Noms], None]] = {
    nodes.For: _Lecture._for,
    nodes.If: _Lecture._if,
    nodes.Assign: _Lecture._assign,
    nodes.AssignBlock: _Lecture._assignblock,
    nodes.With: _Lecture._with,
    nodes.Block: _Lecture._block,
    nodes.Scope: _Lecture._scope,
    nodes.CallBlock: _Lecture._callblock,
    nodes.Macro: _Lecture._macro,
    nodes.Include: _Lecture._include,
    nodes.Extends: _Lecture._extends,
    nodes.Import: _Lecture._import,
    nodes.FromImport: _Lecture._fromimport,
}


def _same(formes: list[Forme | None]) -> Forme | None:
    return formes[0] if formes and all(f == formes[0] for f in formes) else None


def _written(node: nodes.Node | None) -> str:
    """An expression as it was written, when it is a path of names."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_written(node.node)}[{node.arg.value!r}]"
    return "…"


def templates_named(arbre: nodes.Template) -> Iterator[str]:
    """The templates that a template includes, imports or extends, by name."""
    for node in arbre.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        named = getattr(node, "template", None)
        if isinstance(named, nodes.Const) and isinstance(named.value, str):
            yield named.value
        elif isinstance(named, (nodes.List, nodes.Tuple)):
            yield from (n.value for n in named.items if isinstance(n, nodes.Const) and isinstance(n.value, str))
