"""Styles, pages and settings of the Word template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from modele_pieces import LARGEUR, field, write

ENCRE, DOUX, FORT, ALERTE = "1B1F27", "4D5666", "1F3F70", "8A3B00"
SANS, SERIF = "Arial", "Times New Roman"
DATE = datetime(2018, 1, 1)


def color(code: str) -> RGBColor:
    """A colour from its six hexadecimal digits."""
    return RGBColor.from_string(code)


def set_font(style: Any, nom: str, taille: float, teinte: str = ENCRE, *, gras: bool = False) -> None:
    """The typeface of a style, and not that of the theme."""
    style.font.name, style.font.size, style.font.bold, style.font.italic = nom, Pt(taille), gras, False
    style.font.color.rgb = color(teinte)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribut in list(fonts.attrib):
        if "heme" in attribut:
            del fonts.attrib[attribut]
    for sorte in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{sorte}"), nom)


def set_spacing(style: Any, avant: float, apres: float, *, suivant: bool = False, ligne: float = 1.08) -> None:
    """The room around a paragraph, in points."""
    forme = style.paragraph_format
    forme.space_before, forme.space_after, forme.line_spacing = Pt(avant), Pt(apres), ligne
    forme.keep_with_next, forme.widow_control = suivant, True


def add_styles(document: Any) -> None:
    """The styles of the template: a regulator changes the look of every annex by changing them in Word."""
    connus = document.styles
    defauts = connus.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    lang = defauts.find(qn("w:lang"))
    for attribut in ("val", "eastAsia"):
        lang.set(qn(f"w:{attribut}"), "fr-FR")
    set_font(connus["Normal"], SANS, 9.5)
    set_spacing(connus["Normal"], 0, 4)
    for nom, taille, teinte, avant, apres in (
        ("Title", 30, ENCRE, 0, 4),
        ("Heading 1", 17, ENCRE, 26, 6),
        ("Heading 2", 13.5, FORT, 20, 2),
        ("Heading 3", 10, ENCRE, 12, 1),
        ("Heading 4", 9.5, DOUX, 8, 1),
    ):
        set_font(connus[nom], SERIF if taille > 11 else SANS, taille, teinte, gras=True)
        set_spacing(connus[nom], avant, apres, suivant=True, ligne=1.05)
        connus[nom].paragraph_format.keep_together = True
    add_border(connus["Heading 1"], "top", FORT, 12, 6)
    drop_borders(connus["Title"])
    set_font(connus["Caption"], SANS, 8.5, DOUX)
    set_spacing(connus["Caption"], 8, 3, suivant=True)
    for nom in ("Header", "Footer"):
        set_font(connus[nom], SANS, 8, DOUX)
        connus[nom].paragraph_format.tab_stops.clear_all()
        connus[nom].paragraph_format.tab_stops.add_tab_stop(Cm(LARGEUR), WD_TAB_ALIGNMENT.RIGHT)
    for nom, taille, teinte, avant, apres, gras in (
        ("Surtitre", 9, DOUX, 0, 2, False),
        ("Chapeau", 12.5, DOUX, 0, 22, False),
        ("Avertissement", 9.5, ENCRE, 4, 8, False),
        ("Projet", 9.5, ALERTE, 0, 26, False),
        ("Somme", 8.5, DOUX, 0, 3, False),
        ("Cellule", 9, ENCRE, 2, 2, False),
        ("Tête de colonne", 8, DOUX, 2, 2, True),
        ("Réponses", 8.5, DOUX, 0, 2, False),
        ("Seuil", 8.5, ENCRE, 0, 0, False),
        ("Bornes", 8.5, ENCRE, 2, 2, False),
        ("Précision", 8.5, DOUX, 1, 1, False),
        ("Condition", 9.5, ENCRE, 0, 2, False),
        ("Source", 8.5, ENCRE, 0, 2, False),
        ("Cellule liée", 9, ENCRE, 2, 2, False),
        ("TOC Heading", 13.5, ENCRE, 0, 8, True),
        ("toc 1", 9.5, ENCRE, 5, 2, False),
        ("toc 2", 9, FORT, 1, 2, False),
    ):
        style = connus[nom] if nom in connus else connus.add_style(nom, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = connus["Normal"]
        style.quick_style = True
        set_font(style, SANS, taille, teinte, gras=gras)
        set_spacing(style, avant, apres, ligne=1.05)
    connus["Surtitre"].font.all_caps = True
    connus["Chapeau"].font.name = SERIF
    connus["TOC Heading"].font.name = SERIF
    connus["TOC Heading"].paragraph_format.page_break_before = True
    for nom in ("Somme", "Tête de colonne", "Cellule liée"):
        connus[nom].paragraph_format.keep_with_next = True
    for position in (4.1, 7.9):
        connus["Seuil"].paragraph_format.tab_stops.add_tab_stop(Cm(position))
    connus["toc 2"].paragraph_format.left_indent = Cm(0.6)
    hang(connus["Condition"], 0.5)
    hang(connus["Source"], 0.8)
    connus["Source"].paragraph_format.tab_stops.add_tab_stop(Cm(0.8))
    add_border(connus["Projet"], "left", ALERTE, 18, 6)
    add_border(connus["Avertissement"], "left", FORT, 18, 6)
    for nom, taille, teinte in (
        ("Hypothèse", 7, ALERTE),
        ("Renvoi", 0, FORT),
        ("Code", 8.5, ENCRE),
        ("Fort", 0, ENCRE),
    ):
        style = connus.add_style(nom, WD_STYLE_TYPE.CHARACTER)
        style.font.color.rgb = color(teinte)
        if taille:
            style.font.size = Pt(taille)
    connus["Renvoi"].font.superscript = True
    connus["Fort"].font.bold = True
    connus["Code"].font.name = "Courier New"
    fond = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="FFF3E2"/>')
    connus["Hypothèse"].element.get_or_add_rPr().append(fond)
    connus.element.append(parse_xml(TABLEAU))


APRES_LES_BORDURES = (
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi"
    " adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection"
    " textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
).split()


TABLEAU = f"""<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="TableauContrat">
<w:name w:val="Tableau contrat"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
<w:tblPr><w:tblBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="D3D8E0"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D3D8E0"/></w:tblBorders>
<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="140" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>
<w:bottom w:val="single" w:sz="10" w:space="0" w:color="{ENCRE}"/></w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>
</w:tblStylePr></w:style>"""


def add_border(style: Any, cote: str, teinte: str, epaisseur: int, ecart: int) -> None:
    """A rule on one side of the paragraphs of a style."""
    trait = f'<w:{cote} w:val="single" w:sz="{epaisseur}" w:space="{ecart}" w:color="{teinte}"/>'
    # The order of a paragraph's properties is fixed: a border comes before colours, tabs, spacing and indents.
    bord = parse_xml(f"<w:pBdr {nsdecls('w')}>{trait}</w:pBdr>")
    style.element.get_or_add_pPr().insert_element_before(bord, *(f"w:{nom}" for nom in APRES_LES_BORDURES))


def drop_borders(style: Any) -> None:
    """Takes away the rules that the starting document gives to a style."""
    for trait in style.element.findall(".//" + qn("w:pBdr")):
        trait.getparent().remove(trait)


def hang(style: Any, valeur: float) -> None:
    """A hanging indent, in centimetres."""
    style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Cm(valeur), Cm(-valeur)


FILIGRANE = f"""<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:w10="urn:schemas-microsoft-com:office:word"><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>
<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom"
 o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>
<v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="PowerPlusWaterMarkObject{{0}}" o:spid="_x0000_s20{{0}}" type="#_x0000_t136" alt=""
 style="position:absolute;margin-left:0;margin-top:0;width:560pt;height:100pt;rotation:315;z-index:-251658752;\
mso-position-horizontal:center;mso-position-horizontal-relative:margin;\
mso-position-vertical:center;mso-position-vertical-relative:margin"
 o:allowincell="f" fillcolor="#f9f3ee" stroked="f"><v:textpath
 style="font-family:&quot;Arial&quot;;font-size:1pt;font-weight:bold"
 string="{{{{{{{{ identite.marque }}}}}}}}"/><w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r>"""


def lay_pages(document: Any) -> None:
    """The pages: A4, what runs at their head and foot, the mark across them."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    section.header_distance = section.footer_distance = Cm(1.0)
    section.different_first_page_header_footer = True
    for rang, (tete, pied) in enumerate(
        ((section.first_page_header, section.first_page_footer), (section.header, section.footer)), 1
    ):
        paragraph = tete.paragraphs[0]
        paragraph.style = document.styles["Header"]
        if rang == 2:
            write(paragraph, ["{{ identite.rappel }}\t", ("{{ identite.marque }}", "Fort")])
            paragraph.runs[-1].font.color.rgb = color(ALERTE)
        paragraph.add_run("{% if identite.marque %}")
        paragraph._p.append(parse_xml(FILIGRANE.format(48 + rang)))
        paragraph.add_run("{% endif %}")
        paragraph = pied.paragraphs[0]
        paragraph.style = document.styles["Footer"]
        paragraph.add_run("Code de contrôle {{ identite.code_de_controle|brut }}\t")
        field(paragraph, "PAGE", "1")
        paragraph.add_run(" / ")
        field(paragraph, "NUMPAGES", "1")


def set_up(document: Any) -> None:
    """Language, the mode of Word 2013 and later, properties; nothing left of the document that it starts from."""
    # Its picture, and a copy of its styles for Word 2010, which would no longer agree with those of the template.
    for liens in (document.part.package.rels, document.part.rels):
        for cle in [k for k, lien in liens.items() if lien.reltype.endswith(("/thumbnail", "/stylesWithEffects"))]:
            del liens[cle]
    racine = document.settings.element
    for nom in ("savePreviewPicture", "rsids", "compat", "themeFontLang", "doNotAutoCompressPictures"):
        for ancien in racine.findall(qn(f"w:{nom}")):
            racine.remove(ancien)
    uri = "http://schemas.microsoft.com/office/word"
    reglage = f'<w:compatSetting w:name="compatibilityMode" w:uri="{uri}" w:val="15"/>'
    racine.find(qn("m:mathPr")).addprevious(parse_xml(f"<w:compat {nsdecls('w')}>{reglage}</w:compat>"))
    racine.find(qn("m:mathPr")).addnext(parse_xml(f'<w:themeFontLang {nsdecls("w")} w:val="fr-FR"/>'))
    racine.find(qn("w:decimalSymbol")).set(qn("w:val"), ",")
    racine.find(qn("w:listSeparator")).set(qn("w:val"), ";")
    proprietes = document.core_properties
    proprietes.title, proprietes.subject = "{{ identite.titre }} – Annexe", "{{ identite.rappel }}"
    proprietes.language, proprietes.author, proprietes.last_modified_by = "fr-FR", "", ""
    proprietes.comments, proprietes.keywords, proprietes.category = "", "", ""
    proprietes.created = proprietes.modified = DATE
    proprietes.revision = 1
